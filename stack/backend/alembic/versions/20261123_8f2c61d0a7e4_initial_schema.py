"""Initial schema: stocks, their daily prices, and the people who log in.

A downgrade that loses data begins with `destroys("table, table")`: outside development it needs `-x destroy=yes`.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.migrations import destroys, make_hypertable

revision: str = "8f2c61d0a7e4"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "stocks",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("market", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocks")),
        sa.UniqueConstraint("symbol", name=op.f("uq_stocks_symbol")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "daily_prices",
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("open", sa.Numeric(18, 6), nullable=False),
        sa.Column("high", sa.Numeric(18, 6), nullable=False),
        sa.Column("low", sa.Numeric(18, 6), nullable=False),
        sa.Column("close", sa.Numeric(18, 6), nullable=False),
        sa.Column("volume", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "low > 0 AND low <= least(open, close) AND high >= greatest(open, close)",
            name=op.f("ck_daily_prices_range"),
        ),
        sa.CheckConstraint("volume >= 0", name=op.f("ck_daily_prices_volume")),
        sa.PrimaryKeyConstraint("stock_id", "day", name=op.f("pk_daily_prices")),
    )
    op.create_index(op.f("ix_daily_prices_day"), "daily_prices", ["day"])
    make_hypertable("daily_prices", "day", "1 year")


def downgrade() -> None:
    destroys("stocks, daily_prices, users")
    op.drop_table("daily_prices")
    op.drop_table("users")
    op.drop_table("stocks")
