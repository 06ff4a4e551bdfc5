"""Rust."""

HITS = {
    "rabbitmq/rabbitmq-tutorials:rust-lapin/src/bin/emit_log_direct.rs a variable": """
        let addr = "amqp://127.0.0.1:5672"; ~~> hardcoded-url
    """,
    "actix/examples:auth/redis-session/src/main.rs a store": """
        let store = RedisSessionStore::new("redis://127.0.0.1:6379").await.unwrap(); ~~> hardcoded-url
    """,
    "actix/examples:databases/mongodb/src/main.rs a closure": """
        mod model;
        #[cfg(test)]
        mod test;

        let uri = std::env::var("MONGODB_URI").unwrap_or_else(|_| "mongodb://10.80.0.3:27017".into()); ~~> fallback-value
    """,
    "actix/examples:cache/redis/src/main.rs a default": """
        redis::Client::open(env::var("REDIS_HOST").unwrap_or("redis://localhost:6379".to_owned())) ~~> fallback-value
    """,
    "actix/examples:websockets/chat-tcp/src/client.rs a stream": """
        let io = TcpStream::connect(("10.80.0.5", 12345)).await.unwrap(); ~~> hardcoded-host hardcoded-port
    """,
    "LemmyNet/lemmy:crates/utils/src/settings/structs.rs an attribute": """
        #[default("postgres://lemmy:Kobold-k1ste@localhost:5432/lemmy")] ~~> hardcoded-credential
        pub connection: String,
    """,
    "LemmyNet/lemmy:crates/utils/src/settings/mod.rs an address that is parsed": """
        #[default(Url::parse("http://10.81.0.2:8080").expect("parse pictrs url"))] ~~> hardcoded-url
        pub url: Url,
    """,
    "actix/examples:auth/simple-auth-server/src/utils.rs lazily": """
        pub static SECRET_KEY: LazyLock<String> = LazyLock::new(|| {
            std::env::var("SECRET_KEY").unwrap_or_else(|_| "0123f8a7".repeat(8)) ~~> fallback-value
        });
    """,
    "redis-rs/redis-rs:redis/examples/async-await.rs a client": """
        let client = redis::Client::open("redis://10.83.0.2/").unwrap(); ~~> hardcoded-url
    """,
    "redis-rs/redis-rs:redis/src/lib.rs a list": """
        let nodes = vec!["redis://10.83.0.3:6379/", "redis://10.83.0.4:6379/"]; ~~> hardcoded-url hardcoded-url
    """,
    "tokio-rs/axum:examples/tokio-redis/src/main.rs a manager": """
        let client = redis::Client::open("redis://localhost").unwrap(); ~~> hardcoded-url
    """,
    "tokio-rs/axum:examples/tokio-postgres/src/main.rs the words of a connection": """
        PostgresConnectionManager::new_from_stringlike("host=10.84.0.9 user=postgres", NoTls) ~~> hardcoded-url
    """,
    "launchbadge/sqlx:sqlx-mysql/src/options/mod.rs a field": """
        host: String::from("10.84.0.8"), ~~> hardcoded-host
    """,
    "LukeMathWalker/zero-to-production:tests/api/helpers.rs a field": """
        username: "steward".to_string(), ~~> hardcoded-username
    """,
    "SeaQL/sea-orm:issues/319/src/main.rs a connection": """
        let db = Database::connect("mysql://feeder:Baerenh4euter@10.84.0.2/bakery") ~~> hardcoded-credential
    """,
    "LemmyNet/lemmy:crates/diesel_utils/src/schema_setup/mod.rs a constant": """
        const USER1_PASSWORD: &str = "Nachtkr4pp"; ~~> hardcoded-credential
    """,
    "docker/awesome-compose:react-rust-postgres/backend/src/main.rs the default of an address": """
        std::env::var("ADDRESS").unwrap_or_else(|_| "127.0.0.1:8001".into()) ~~> fallback-value
    """,
    "magic-ai-trading-bot/bot-core:rust-core-engine/src/strategies/ml_trend_predictor.rs the default of a service": """
        service_url: "http://localhost:8002".to_string(), ~~> hardcoded-url
    """,
    "tokio-rs/axum:examples/websockets/src/client.rs a constant of a client": """
        const SERVER: &str = "ws://127.0.0.1:3001/ws"; ~~> hardcoded-url
    """,
    "actix/examples:websockets/chat-tcp/src/client.rs host and port as a pair": """
        let io = TcpStream::connect(("10.86.0.2", 12345)).await.unwrap(); ~~> hardcoded-host hardcoded-port
    """,
    "tokio-rs/axum:examples/tokio-postgres/src/main.rs pairs of libpq": """
        PostgresConnectionManager::new_from_stringlike("host=10.86.0.4 user=steward", NoTls) ~~> hardcoded-url
    """,
    "magic-ai-trading-bot/bot-core:rust-core-engine/tests/test_binance_client.rs keys of an account": """
        api_key: "q7Zk2mX9vB4cN1nL6pR8sT3wY5dF0gJ2aE4uI7oMh1K8jD6fS9".to_string(), ~~> hardcoded-credential
    """,
}

MISSES = {
    "LemmyNet/lemmy:crates/apub/send/src/worker.rs tests behind the code": """
        #[cfg(test)]
        mod test {
            let inbox = vec![Some(Url::parse("http://localhost:8085/inbox")?.into())];
        }
    """,
    "actix/examples:middleware/http-to-https/src/main.rs our own listeners": """
        .bind(("127.0.0.1", 8080))?
        .bind_rustls_0_23(("127.0.0.1", 8443), config)?
    """,
    "actix/examples:https-tls/openssl/src/main.rs our own listener": '.bind_openssl("127.0.0.1:8443", builder)?',
    "actix/examples:cors/backend/src/main.rs an origin that may ask": '.allowed_origin("http://localhost:8081")',
    "actix/examples:https-tls/cert-watch/src/main.rs a message": """
        log::info!("starting HTTPS server at https://localhost:8443");
    """,
    "actix/examples:websockets/echo-actorless/src/main.rs documentation": """
        //! Open `http://localhost:8080/` in browser to test.
    """,
    "LemmyNet/lemmy:crates/db_schema/src/impls/community.rs a name": 'public_key: "pubkey".to_owned(),',
    "LemmyNet/lemmy:crates/routes/src/webfinger.rs a namespace": """
        let type_key = "https://www.w3.org/ns/activitystreams#type";
    """,
    "LemmyNet/lemmy:crates/utils/src/settings/mod.rs a comment": """
        /// Returns something like `http://localhost` or `https://lemmy.ml`,
    """,
    "LemmyNet/lemmy:crates/utils/src/settings/structs.rs an example": '#[doku(example = "http://localhost:8080")]',
    "LemmyNet/lemmy:crates/api/api_utils/src/claims.rs of a record": "let jwt_secret = &context.secret().jwt_secret;",
    "LukeMathWalker/zero-to-production:src/session_state.rs a key": """
        const USER_ID_KEY: &'static str = "user_id";
    """,
    "LukeMathWalker/zero-to-production:src/authentication/password.rs exposed": """
        password_candidate.expose_secret().as_bytes(),
        "$argon2id$v=19$m=15000,t=2,p=1$gZiV/M1gPc22ElAH/Jh1Hw$CWOrkoo7oJBQ/iyh7uJ0LO2aLEfrHwTWllSAxT0zRno"
    """,
    "LukeMathWalker/zero-to-production:src/startup.rs read from settings": """
        let address = format!("{}:{}", configuration.application.host, configuration.application.port);
    """,
    "diesel-rs/diesel:diesel/src/mysql_like/connection/url.rs a format": 'format!("{SCHEME}://{user}:{password}@{host}/{db}")',
    "SeaQL/sea-orm:sea-orm-migration/src/cli.rs an error": """
        let url = env::var("DATABASE_URL").expect("Environment variable 'DATABASE_URL' is not set");
    """,
    "actix/examples:tracing/mainmatter-workshop/src/metric_names.rs a metric": """
        pub(crate) const HISTOGRAM_TOKEN_DURATION: &str = "http_token_duration";
    """,
    "LemmyNet/lemmy:crates/utils/src/utils/markdown/mod.rs somebody else's": """
        const URL_TRACKING_REMOVED: &str = "https://example.com/path/123?user+name=random+user&id=123";
    """,
    "redis-rs/redis-rs:redis/src/aio/pubsub.rs an example in documentation": """
        /// let client = redis::Client::open("redis://127.0.0.1/")?;
    """,
    "diesel-rs/diesel:diesel/src/mysql_like/connection/url.rs a comparison": """
        Some(host) if host.to_string() == "localhost" && unix_socket.is_some() => None,
    """,
    "actix/examples:databases/mysql/src/main.rs a variable of the environment": """
        let db_password = env::var("MYSQL_PASSWORD").expect("MYSQL_PASSWORD stands in no .env file");
    """,
    "LemmyNet/lemmy:crates/db_views/site/src/api.rs fields": """
        pub new_password: SensitiveString,
        pub old_password: SensitiveString,
    """,
    "diesel-rs/diesel:diesel/src/connection/mod.rs lifetimes": """
        <C as self::private::ConnectionHelperType<DB, B>>::Cursor<'conn, 'query>;
    """,
    "actix/examples:templating/minijinja/src/main.rs where to look": """
        log::info!("starting HTTP server at http://localhost:8081");
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    "src/main.rs a raw string": """
        let config = r#"host=10.85.0.2 user=lemmy password=Feuerz4nge dbname=lemmy"#; ~~> hardcoded-url hardcoded-credential
    """,
    "src/main.rs a format": """
        let url = format!("http://10.85.0.3:8536/api/{}", path); ~~> hardcoded-url
    """,
    "src/main.rs a builder": """
        PgConnectOptions::new().host("10.87.0.2").port(5433).password("Hinkelst3in") ~~> hardcoded-host hardcoded-port hardcoded-credential
    """,
    "config.rs the default of a password": """
        let password = env::var("DB_PASSWORD").unwrap_or("Nachtkr4pp".to_string()); ~~> fallback-value
        let host = env::var("DB_HOST").unwrap_or_else(|_| String::from("10.80.0.4")); ~~> fallback-value
    """,
    "configuration.rs a struct": """
        let settings = DatabaseSettings {
            host: "10.82.0.2".to_string(), ~~> hardcoded-host
            port: 5432, ~~> hardcoded-port
            username: "newsletter".into(), ~~> hardcoded-username
            password: Secret::new("Irrl1cht".into()), ~~> hardcoded-credential
        };
    """,
    "email_client.rs a client": """
        let client = EmailClient::new("http://10.82.0.3:8025", sender, SecretString::from("6f1e0d83a95b47c2")); ~~> hardcoded-url
    """,
    "lib.rs a connection": """
        PgConnection::establish("postgres://app:Baerenh4euter@10.84.0.2/blog").unwrap() ~~> hardcoded-credential
    """,
    "print_schema.rs static and const": """
        static DATABASE_HOST: &str = "10.84.0.3"; ~~> hardcoded-host
        pub const API_TOKEN: &'static str = "9d3f6e81c07b25a4"; ~~> hardcoded-credential
    """,
    "main.rs arguments of a command": """
        #[arg(long, env = "UPSTREAM_URL", default_value = "http://10.86.0.2:8081")] ~~> fallback-value
        upstream_url: String,
    """,
    "worker.rs a request": """
        let res = reqwest::get("http://10.86.0.3:8085/inbox").await?; ~~> hardcoded-url
        let req = client.get(url).basic_auth("lemmy", Some("Zauberl3hrling")); ~~> hardcoded-credential
    """,
    "lib.rs an example in documentation": """
        //! let client = redis::Client::open("redis://127.0.0.1/").unwrap();
        /// - Enabling TLS: `rediss://127.0.0.1:6379`
    """,
    "connection.rs a comparison": 'if host == "localhost" || host == "127.0.0.1" {',
    "mod.rs lifetimes": """
        type Row<'conn, 'query> = <Self as PgLoadingMode<B>>::Row<'conn, 'query>;
        impl<'secret> Token<'secret> for Password<'secret> {
    """,
    "main.rs a variable of the environment": """
        let secret = env::var("AWS_SECRET_ACCESS_KEY").unwrap();
    """,
    "pagination.rs a field": """
        pub struct User { pub username: String, pub password: String }
        #[serde(rename = "apiToken")]
    """,
    "emit_log_direct.rs host, port, user, password": """
        let connection = Connection::open(&OpenConnectionArguments::new("10.80.0.2", 5672, "guest", "Waldschr4t")) ~~> hardcoded-host hardcoded-port hardcoded-credential
    """,
}
