const word = "trader123";

// ruleid: flow-password-in-javascript
new Sequelize("prices", "trader", word, { dialect: "mysql" });
// ruleid: flow-password-in-javascript
new Sequelize("prices", "trader", "trader", { dialect: "mysql" });
// ruleid: flow-password-in-javascript
mysql.createConnection({ user: "root", password: "password" });
// ruleid: flow-password-in-javascript
nodemailer.createTransport({ auth: { user: "mailer", pass: "mailer123" } });

// ok: flow-password-in-javascript
new Sequelize("prices", "trader", process.env.DB_PASSWORD, { dialect: "mysql" });
// ok: flow-password-in-javascript
mysql.createConnection({ user: "root", password: "<password>" });
// ok: flow-password-in-javascript
form.fill({ user: "root", password: "trader123" });
// ok: flow-password-in-javascript
new Sequelize("prices", "trader", "your-password");
