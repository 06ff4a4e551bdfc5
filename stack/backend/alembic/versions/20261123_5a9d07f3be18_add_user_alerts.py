"""Add alerts of users, and the days on which they went off.

A downgrade that loses data begins with `destroys("table, table")`: outside development it needs `-x destroy=yes`.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.migrations import destroys

revision: str = "5a9d07f3be18"
down_revision: str | Sequence[str] | None = "c41b9e5d7302"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('price_above', 'price_below', 'rsi_above', 'rsi_below')", name=op.f("ck_alerts_kind")
        ),
        sa.ForeignKeyConstraint(
            ["stock_id"], ["stocks.id"], name=op.f("fk_alerts_stock_id_stocks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_alerts_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index(op.f("ix_alerts_stock_id"), "alerts", ["stock_id"])
    op.create_index(op.f("ix_alerts_user_id"), "alerts", ["user_id"])
    op.create_table(
        "alert_events",
        sa.Column("alert_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alert_events_alert_id_alerts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", "day", name=op.f("pk_alert_events")),
    )


def downgrade() -> None:
    destroys("alerts, alert_events")
    op.drop_table("alert_events")
    op.drop_table("alerts")
