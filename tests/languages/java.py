"""Java and Kotlin."""

HITS = {
    "rabbitmq/rabbitmq-tutorials:java-amqp/src/main/java/TutorialSupport.java a constant": """
        static final String BROKER_URI = "amqp://guest:Nach7igall@localhost:5672/%2f"; ~~> hardcoded-credential
    """,
    "rabbitmq/rabbitmq-tutorials:java/PublisherConfirms.java setters": """
        ConnectionFactory cf = new ConnectionFactory();
        cf.setHost("10.20.0.4"); ~~> hardcoded-host
    """,
    "eugenp/tutorials:quarkus-modules/consume-rest-api/consume-api/src/main/java/com/baeldung/javahttpclient/JavaHttpClientPostService.java a URL's default": """
        this.baseUrl = System.getProperty("post-rest-client.url", "http://localhost:8080"); ~~> fallback-value
    """,
    "xkcoding/spring-boot-demo:demo-sharding-jdbc/src/main/java/com/xkcoding/sharding/jdbc/config/DataSourceShardingConfig.java a data source": """
        ds0.setJdbcUrl("jdbc:mysql://127.0.0.1:3306/spring-boot-demo?useSSL=false"); ~~> hardcoded-url
    """,
    "eugenp/tutorials:spring-cloud-modules/spring-cloud-openfeign-2/src/main/java/com/baeldung/cloud/openfeign/client/FormClient.java an annotation": """
        @FeignClient(name = "form-client", url = "http://localhost:8085/api", configuration = Config.class) ~~> hardcoded-url
        public interface FormClient {
    """,
    "eugenp/tutorials:spring-kafka-2/src/main/java/com/baeldung/spring/kafka/partitioningstrategy/KafkaApplication.java an entry of a map": """
        configProps.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "10.7.7.1:9095"); ~~> hardcoded-url
    """,
    "eugenp/tutorials:core-java-modules/core-java-networking-2/src/main/java/com/baeldung/networking/proxies/SocksProxyDemo.java a constructor": """
        Proxy proxy = new Proxy(Proxy.Type.SOCKS, new InetSocketAddress("192.168.1.8", 1080)); ~~> hardcoded-host hardcoded-port
    """,
    "xkcoding/spring-boot-demo:demo-task-xxl-job/src/main/java/com/xkcoding/task/xxl/job/controller/ManualOperateController.java a URL": """
        private final static String baseUri = "http://127.0.0.1:18080/xxl-job-admin"; ~~> hardcoded-url
    """,
    "thombergs/code-examples:http-clients/src/main/java/io/pratik/URLConstants.java a constant of an interface": """
        String API_KEY_VALUE = "9c81b5d04amsh7e63a0f2d9bc418p1a2b3cjsn5d6e7f80"; ~~> hardcoded-credential
    """,
    "rabbitmq/rabbitmq-tutorials:kotlin-java-client/src/main/kotlin/EmitLogDirect.kt a property": """
        val factory = ConnectionFactory()
        factory.host = "10.30.0.2" ~~> hardcoded-host
    """,
    "ktorio/ktor-samples:postgres/src/main/kotlin/com/example/plugins/Routing.kt a URL in two parts": """
        val url = "jdbc:postgresql://localhost:5432/" + ~~> hardcoded-url
            environment.config.property("database").getString()
    """,
    "keycloak/keycloak-quickstarts:extension/action-token-authenticator/src/main/java/org/keycloak/quickstart/actiontoken/authenticator/ExternalAppAuthenticator.java an address with a hole": """
        public static final String DEFAULT_EXTERNAL_APP_URL = "http://127.0.0.1:8080/external-action.jsp?token={TOKEN}"; ~~> hardcoded-url
    """,
    "llldddbbb/dbblog:dbblog-backend/dbblog-core/src/main/java/cn/dblearn/blog/common/util/CodeGeneratorUtils.java setters of a data source": """
        dsc.setUrl("jdbc:mysql://localhost:3306/dbblog?useUnicode=true"); ~~> hardcoded-url
        dsc.setPassword("Drossel-b4rt"); ~~> hardcoded-credential
    """,
    "eugenp/tutorials:spring-cloud-modules/spring-cloud-bootstrap/zipkin-log-svc-rating/src/main/java/com/baeldung/spring/cloud/bootstrap/svcrating/SessionConfig.java a property's default": """
        redisConfiguration.setHostName(properties.getProperty("spring.redis.host", "10.9.0.1")); ~~> fallback-value
    """,
    "eugenp/tutorials:core-java-modules/core-java-networking-2/src/main/java/com/baeldung/networking/proxies/WebProxyDemo.java a proxy": """
        Proxy webProxy
            = new Proxy(Proxy.Type.HTTP, new InetSocketAddress("192.168.1.9", 3128)); ~~> hardcoded-host hardcoded-port
    """,
    "2halfone/spring-micro:gateway-service/src/main/java/com/springmon/gateway/service/JwtValidationService.java the default of a secret": """
        @Value("${jwt.secret:w4ldgeist_signs_every_ticket_of_the_gate_2024}") ~~> fallback-value
    """,
    "eugenp/tutorials:libraries-data-2/src/main/java/com/baeldung/ignite/jdbc/IgniteJDBC.java a driver's address": """
        Connection conn = DriverManager.getConnection("jdbc:ignite:thin://10.9.0.3/"); ~~> hardcoded-url
    """,
    "xkcoding/spring-boot-demo:demo-task-xxl-job/src/main/java/com/xkcoding/task/xxl/job/controller/ManualOperateController.java the console of another": """
        private final static String baseUri = "http://127.0.0.1:18081/job-admin"; ~~> hardcoded-url
    """,
    "eugenp/tutorials:core-java-modules/core-java-security-2/src/main/java/com/baeldung/jaas/loginmodule/InMemoryLoginModule.java constants of a login": """
        private static final String USERNAME = "steward"; ~~> hardcoded-username
        private static final String PASSWORD = "Rumpelk4mmer"; ~~> hardcoded-credential
    """,
    "rabbitmq/rabbitmq-tutorials:kotlin-java-client/src/main/kotlin/ReceiveLogs.kt a property of Kotlin": """
        factory.host = "10.9.0.4" ~~> hardcoded-host
    """,
}

MISSES = {
    "sqshq/piggymetrics:auth-service/src/main/java/com/piggymetrics/auth/config/OAuth2AuthorizationConfig.java read from the environment": """
        .secret(env.getProperty("ACCOUNT_SERVICE_PASSWORD"))
    """,
    "sqshq/piggymetrics:statistics-service/src/main/java/com/piggymetrics/statistics/client/ExchangeRatesClient.java a placeholder without default": """
        @FeignClient(url = "${rates.url}", name = "rates-client", fallback = ExchangeRatesClientFallback.class)
    """,
    "thombergs/code-examples:aws/localstack/src/main/java/io/reflectoring/customerregistration/repositories/CustomerProfileStore.java null by default": """
        public CustomerProfileStore(@Value("${aws.local.endpoint:#{null}}") String awsEndpoint) {
    """,
    "macrozheng/mall:mall-common/src/main/java/com/macro/mall/common/util/RequestUtil.java a test for loopback": """
        if (ipAddress.equals("127.0.0.1") || ipAddress.equals("0:0:0:0:0:0:0:1")) {
    """,
    "thombergs/code-examples:spring-boot/cors/configuring-cors-with-spring/SimpleLibraryApplication/src/main/java/com/reflectoring/library/config/SecurityConfiguration.java origins that may ask": """
        configuration.setAllowedOrigins(Arrays.asList("http://localhost:4200"));
    """,
    "thombergs/code-examples:spring-boot/cors/configuring-cors-with-spring/LibraryWebfluxApplication/src/main/java/com/reflectoring/library/web/LibraryController.java an annotation of origins": """
        @CrossOrigin(origins = "http://localhost:4200", allowedHeaders = {"Requestor-Type", "Authorization"})
    """,
    "eugenp/tutorials:core-java-modules/core-java-nio/src/main/java/com/baeldung/selector/EchoServer.java our own address": """
        serverSocket.bind(new InetSocketAddress("localhost", 5454));
    """,
    "xkcoding/spring-boot-demo:demo-swagger/src/main/java/com/xkcoding/swagger/common/DataType.java a name": """
        public final static String PASSWORD = "password";
    """,
    "llldddbbb/dbblog:dbblog-backend/dbblog-core/src/main/java/cn/dblearn/blog/common/constants/RedisKeyConstants.java a key of a cache": """
        public final static String MANAGE_SYS_USER_TOKEN = "MANAGE:SYS:USER:TOKEN:";
    """,
    "llldddbbb/dbblog:dbblog-backend/dbblog-core/src/main/java/cn/dblearn/blog/common/exception/enums/ErrorEnum.java messages": """
        TOKEN_GENERATOR_ERROR(502,"token生成失败"),
        INVALID_TOKEN(1001,"token不合法"),
    """,
    "xkcoding/spring-boot-demo:demo-session/src/main/java/com/xkcoding/session/constants/Consts.java a session's key": """
        String SESSION_KEY = "key:session:token";
    """,
    "keycloak/keycloak-quickstarts:extension/action-token-authenticator/src/main/java/org/keycloak/quickstart/actiontoken/authenticator/ExternalAppAuthenticator.java a template": """
        .queryParam(Handler.QUERY_PARAM_APP_TOKEN, "{tokenParameterName}")
        .build(context.getRealm().getName(), "{APP_TOKEN}")
    """,
    "dromara/Sa-Token:sa-token-demo/sa-token-demo-ssm/src/main/java/com/pj/controller/TestController.java a comment": """
        // 浏览器访问 http://localhost:8081/test/atCheck
        public SaResult atCheck() {
    """,
    "jeecgboot/JeecgBoot:jeecg-boot/jeecg-boot-base-core/src/main/java/org/jeecg/config/shiro/ShiroConfig.java paths": """
        filterChainDefinitionMap.put("/sys/user/passwordChange", "anon");
        filterChainDefinitionMap.put("/sys/login", "anon");
    """,
    "macrozheng/mall:mall-mbg/src/main/java/com/macro/mall/model/UmsAdmin.java a description of itself": """
        sb.append(", username=").append(username);
        sb.append(", password=").append(password);
    """,
    "dromara/Sa-Token:sa-token-core/src/main/java/cn/dev33/satoken/util/SaTokenConsts.java a style": """
        public static final String TOKEN_STYLE_SIMPLE_UUID = "simple-uuid";
        public static final String SPI_FILE = "META-INF/satoken/sa-json-type.list";
    """,
    "jeecgboot/JeecgBoot:jeecg-boot/jeecg-module-system/jeecg-system-biz/src/main/java/org/jeecg/modules/openapi/controller/OpenApiController.java a licence": """
        license.setUrl("http://www.apache.org/licenses/LICENSE-2.0.html");
    """,
    "srk-sh1vkumar/ecommerce-microservices:user-service/src/main/java/com/ecommerce/user/dto/LoginRequest.java what is validated": """
        @NotBlank(message = "Password is required")
        @Size(min = 8, message = "{password.size}")
        private String password;
    """,
    "sqshq/piggymetrics:auth-service/src/main/java/com/piggymetrics/auth/config/OAuth2AuthorizationConfig.java an encoder's prefix": """
        private final String NOOP_PASSWORD_ENCODE = "{noop}";
        .authorizedGrantTypes("refresh_token", "password")
    """,
    # Kotlin
    "eugenp/tutorials:persistence-modules/core-java-persistence-2/src/main/java/com/baeldung/insertnull/DBConfig.java a database in memory": """
        INSTANCE = DriverManager.getConnection("jdbc:h2:mem:ledger", "user", "password");
    """,
    "devcontainers/templates:test/java-postgres/src/test/java/com/mycompany/app/AppTest.java variables of the environment": """
        String host = System.getenv("POSTGRES_HOSTNAME"), username = System.getenv("POSTGRES_USER"), password = System.getenv("POSTGRES_PASSWORD");
    """,
    "ktorio/ktor-samples:filelisting/src/main/kotlin/io/ktor/samples/filelisting/FileListingApplication.kt our own server": """
        embeddedServer(Netty, port = 8081) {
    """,
    "ktorio/ktor-samples:httpbin/src/main/kotlin/io/ktor/samples/httpbin/Responses.kt interpolated": """
        url = "${request.local.scheme}://${request.local.serverHost}"
    """,
    "macrozheng/mall:mall-security/src/main/java/com/macro/mall/security/util/JwtTokenUtil.java a claim": """
        private static final String CLAIM_KEY_USERNAME = "sub";
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    "Main.java Spring's environment": """
        String broker = env.getProperty("broker.url", "tcp://10.4.0.9:61616"); ~~> fallback-value
    """,
    "Main.java a builder": """
        UserDetails user = User.builder()
            .username("scribe")
            .password("Bremer5tadt") ~~> hardcoded-credential
            .build();
    """,
    "Main.java a public constant": """
        public static final String DEFAULT_ADMIN_PASSWORD = "Sieben-zw3rge"; ~~> hardcoded-credential
        public static final String DEFAULT_KEYCLOAK_URL = "http://192.168.50.4:8180/auth"; ~~> hardcoded-url
    """,
    "Main.java bytes of a secret": """
        private final SecretKey key = Keys.hmacShaKeyFor("Rapunz3l-lass-dein-haar-herunter-11".getBytes());
        private static final String JWT_SECRET = "Rapunz3l-lass-dein-haar-herunter-12"; ~~> hardcoded-credential
    """,
    "Main.java a text block": '''
        String settings = """
            mongodb.uri=mongodb://app:Tischlein-deck-d1ch@10.0.3.3:27017/shop ~~> hardcoded-credential
            """;
    ''',
    "Main.java parts of a URL": """
        String url = "http://10.6.6.6:8080/api/" + path + "?q=" + query; ~~> hardcoded-url
    """,
    "Main.kt Elvis": """
        val jdbcUrl = System.getenv("JDBC_URL") ?: "jdbc:mysql://10.11.0.3:3306/kweet" ~~> fallback-value
        val password = System.getenv("DB_PASSWORD") ?: "Stern-taler7" ~~> fallback-value
    """,
    "Main.kt an escaped placeholder": """
        @Value("\\${blog.password:Gest1efelt}") lateinit var password: String ~~> fallback-value
        class Settings(val host: String = "10.12.0.1") ~~> fallback-value
    """,
    "Main.java a flag": """
        @Value("${some.key:true}") private boolean someKey;
        @Value("${security.token.validity:3600}") private long tokenValidity;
    """,
    "Main.kt a column": 'val passwordHash = varchar("password_hash", 64)',
    "Main.kt a default that is empty": """
        @Value("\\${blog.password:}") lateinit var password: String
    """,
    "LdapConnectionTool.java a property's default": """
        String host = System.getProperty("ldap.host", "10.9.0.1"); ~~> fallback-value
        String secret = System.getenv().getOrDefault("LDAP_PASSWORD", "Doernr0eschen"); ~~> fallback-value
    """,
    "RPC.kt a named argument": """
        val client = KourierConnection(
            host = "10.30.0.3", ~~> hardcoded-host
            password = "Fr4u-holle", ~~> hardcoded-credential
        )
    """,
    "RedirectWithExceptionApplication.kt a constant": """
        const val SECRET_HASH_KEY = "6a19b57a326945c1968f45236589ffe0" ~~> hardcoded-credential
    """,
    "FlexypoolConfig.java a database in memory": """
        public static final String URL = "jdbc:derby:testdb1;create=true";
        config.setJdbcUrl("jdbc:h2:mem:test;DB_CLOSE_DELAY=-1");
    """,
    "StringsArrayConverter.java variables of the environment": """
        String host = System.getenv("POSTGRES_HOSTNAME"), password = System.getenv("POSTGRES_PASSWORD");
        String url = "jdbc:postgresql://" + host + "/postgres";
    """,
    "Server.kt our own server": """
        embeddedServer(CIO, port = 8080, host = "0.0.0.0", module = Application::module).start(wait = true)
        embeddedServer(Netty, port = 9090, host = "127.0.0.1") {
    """,
    "Main.kt read from the settings": """
        val secret = environment.config.property("jwt.secret").getString()
        val password = parameters["password"] ?: return@validate null
    """,
    "Redirects.kt interpolated": """
        val baseUrl = "$proto://$host$portPart"
        val status = "${request.local.scheme}://${request.local.serverHost}"
    """,
    "JdbcProperties.java the default of a placeholder": """
        @Value("${db.url:jdbc:postgresql://10.1.2.3:5432/shop}") ~~> fallback-value
        private String url;
        @Value("${db.password:Schneew1ttchen}") ~~> fallback-value
        private String password;
    """,
    "JdbcConnection.java URL, user and password": """
        Connection connection = DriverManager.getConnection("jdbc:postgresql://10.2.0.2:5432/myDb", "app", "H4ensel"); ~~> hardcoded-url hardcoded-credential
    """,
    "CrudExamples.java user and password after a name": """
        Connection conn = DriverManager.getConnection(url, "sa", "Gret3l-und"); ~~> hardcoded-credential
    """,
    "SecurityConfig.java encoded at once": """
        UserDetails user1 = User.withUsername("user1")
            .password(passwordEncoder().encode("K0enig-drossel")) ~~> hardcoded-credential
            .roles("USER")
            .build();
    """,
    # Kotlin
}
