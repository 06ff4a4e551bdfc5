package prices

const word = "trader"

func hits() {
	// ruleid: flow-password-in-go
	request.SetBasicAuth("trader", word)
	// ruleid: flow-password-in-go
	gomail.NewDialer(host, 587, "mailer", "mailer123")
	// ruleid: flow-password-in-go
	smtp.PlainAuth("", "mailer", "mailer123", host)
	// ruleid: flow-password-in-go
	redis.DialPassword("cache123")
}

func nearMisses() {
	// ok: flow-password-in-go
	request.SetBasicAuth("trader", os.Getenv("PASSWORD"))
	// ok: flow-password-in-go
	request.SetHeader("trader", "trader")
	// ok: flow-password-in-go
	gomail.NewDialer(host, 587, "mailer", "<password>")
	// ok: flow-password-in-go
	request.SetBasicAuth("trader", "your-password")
}
