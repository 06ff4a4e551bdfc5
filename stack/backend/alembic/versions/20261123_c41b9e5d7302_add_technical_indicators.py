"""Add technical indicators, and the marks of what is to be computed.

A downgrade that loses data begins with `destroys("table, table")`: outside development it needs `-x destroy=yes`.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from app.migrations import make_hypertable

revision: str = "c41b9e5d7302"
down_revision: str | Sequence[str] | None = "8f2c61d0a7e4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "stale_prices",
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stock_id"], ["stocks.id"], name=op.f("fk_stale_prices_stock_id_stocks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("stock_id", name=op.f("pk_stale_prices")),
    )
    op.create_table(
        "technical_indicators",
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sma_20", sa.Double()),
        sa.Column("sma_60", sa.Double()),
        sa.Column("ema_12", sa.Double()),
        sa.Column("ema_26", sa.Double()),
        sa.Column("rsi_14", sa.Double()),
        sa.Column("macd", sa.Double()),
        sa.Column("macd_signal", sa.Double()),
        sa.Column("macd_histogram", sa.Double()),
        sa.Column("bollinger_upper", sa.Double()),
        sa.Column("bollinger_middle", sa.Double()),
        sa.Column("bollinger_lower", sa.Double()),
        sa.PrimaryKeyConstraint("stock_id", "day", name=op.f("pk_technical_indicators")),
    )
    op.create_index(op.f("ix_technical_indicators_day"), "technical_indicators", ["day"])
    make_hypertable("technical_indicators", "day", "1 year")
    # Prices that are here already have no indicators yet.
    op.execute(
        "INSERT INTO stale_prices (stock_id, since) SELECT stock_id, min(day) FROM daily_prices GROUP BY stock_id"
    )


def downgrade() -> None:
    # Nothing is lost: indicators are computed from prices.
    op.drop_table("technical_indicators")
    op.drop_table("stale_prices")
