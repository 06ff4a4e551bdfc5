class Accounts {
    static final String WORD = "trader123";

    void hits(DataSource dataSource, JavaMailSenderImpl mailSender, HttpHeaders headers) {
        // ruleid: flow-password-in-java
        DriverManager.getConnection(url(), "trader", WORD);
        // ruleid: flow-password-in-java
        dataSource.setPassword("root");
        // ruleid: flow-password-in-java
        mailSender.setPassword("password");
        // ruleid: flow-password-in-java
        new UsernamePasswordCredentials("grafana", "grafana");
    }

    void nearMisses(DataSource dataSource, UserDto user) {
        // ok: flow-password-in-java
        dataSource.setPassword(System.getenv("DB_PASSWORD"));
        // ok: flow-password-in-java
        session.login(10001, "WEB");
        // ok: flow-password-in-java
        user.setPassword("trader123");
        // ok: flow-password-in-java
        dataSource.setPassword("${DB_PASSWORD}");
        // ok: flow-password-in-java
        dataSource.setUsername("trader");
    }
}
