package prices

import "database/sql"

const dsn = "trader:trader123@/prices?charset=utf8"

func hits() {
	// ruleid: flow-dsn-in-go
	sql.Open("mysql", dsn)
	// ruleid: flow-dsn-in-go
	sql.Open("mysql", "trader:trader123@unix(/tmp/mysql.sock)/prices")
	// ruleid: flow-dsn-in-go
	mysql.Open("trader:trader123@/prices")
}

func nearMisses() {
	// ok: flow-dsn-in-go
	sql.Open("mysql", os.Getenv("DSN"))
	// ok: flow-dsn-in-go
	sql.Open("mysql", "user:password@/dbname")
	// ok: flow-dsn-in-go
	sql.Open("sqlite3", "file:prices.db?cache=shared")
	// ok: flow-dsn-in-go
	os.Open("trader:/prices")
}
