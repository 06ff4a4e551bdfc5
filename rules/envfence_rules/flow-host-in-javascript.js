const mysql = require("mysql2/promise");
const { Kafka } = require("kafkajs");
const host = "db.stock-trading.io";

// ruleid: flow-host-in-javascript
mysql.createPool({ host: host, user: "app" });
// ruleid: flow-host-in-javascript
mysql.createConnection({ user: "app", host: "db.stock-trading.io" });
// ruleid: flow-host-in-javascript
new Kafka({ clientId: "prices", brokers: ["broker.stock-trading.io:9092"] });

// ok: flow-host-in-javascript
mysql.createPool({ host: process.env.DB_HOST });
// ok: flow-host-in-javascript
mysql.createPool({ host: "db.example.com" });
// ok: flow-host-in-javascript
nodemailer.createTransport({ host: "smtp.gmail.com", port: 465 });
// ok: flow-host-in-javascript
app.listen({ host: "app.stock-trading.io" });
