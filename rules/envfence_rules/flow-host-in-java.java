class Stores {
    static final String HOST = "cache.stock-trading.io";

    void hits(ConnectionFactory factory) {
        // ruleid: flow-host-in-java
        Jedis jedis = new Jedis(HOST, 6379);
        // ruleid: flow-host-in-java
        factory.setHost("broker.stock-trading.io");
        String url = "http://cache.stock-trading.io";
        // ruleid: flow-host-in-java
        new Jedis(url, 6379);
    }

    void nearMisses(ConnectionFactory factory, JavaMailSenderImpl sender, Cookie cookie) {
        // ok: flow-host-in-java
        factory.setHost(System.getenv("BROKER_HOST"));
        // ok: flow-host-in-java
        sender.setHost("smtp.gmail.com");
        // ok: flow-host-in-java
        factory.setHost("broker.example.com");
        // ok: flow-host-in-java
        swaggerModel.setHost("app.stock-trading.io");
        // ok: flow-host-in-java
        cookie.setDomain("www.stock-trading.io");
    }
}
