"""Go."""

HITS = {
    "rabbitmq/rabbitmq-tutorials:go-amqp/rpc_server.go a constant": """
        const brokerURI = "amqp://guest:gu3st-pw@localhost:5672/" ~~> hardcoded-credential
    """,
    "rabbitmq/rabbitmq-tutorials:go/receive.go a call that dials": """
        conn, err := amqp.Dial("amqp://guest:Gu3st-rad@localhost:5672/") ~~> hardcoded-credential
    """,
    "rabbitmq/rabbitmq-tutorials:go-stream/offset_tracking_send.go a chain of setters": """
        env, err := stream.NewEnvironment(
            stream.NewEnvironmentOptions().
                SetHost("192.168.4.20"). ~~> hardcoded-host
                SetPort(5552)) ~~> hardcoded-port
    """,
    "XiaoMi/soar:common/config.go what is used when nothing was given": """
        if host == "" {
            host = "127.0.0.1" ~~> hardcoded-host
        }
    """,
    "iot-ecology/go-iot-platform:docker/mqtt/mock/main.go a variable of the package": """
        var broker = "192.168.2.9" ~~> hardcoded-host
        var port = 1883 ~~> hardcoded-port
    """,
    "iot-ecology/go-iot-platform:go-iot-mq/mq.go a block of variables": """
        var (
            rmqQueue             = "pre_handler"
            rmqCredentials string = "amqp://feeder:Gr0ssmaul@10.7.0.2:5672" ~~> hardcoded-credential
        )
    """,
    "iot-ecology/go-iot-platform:iot-go-project/initialize/init.go a field of a struct": """
        user := models.User{
            Username: "root", ~~> hardcoded-username
            Password: "Zau8er-lehrling", ~~> hardcoded-credential
        }
    """,
    "camptocamp/terraboard:config/config.go a default behind other tags": """
        type DBConfig struct {
            Port uint16 `long:"db-port" env:"DB_PORT" yaml:"port" description:"of the database" default:"5433"` ~~> fallback-value
            User string `long:"db-user" env:"DB_USER" yaml:"user" description:"of the database" default:"steward"` ~~> hardcoded-username
        }
    """,
    "goharbor/harbor:src/server/middleware/security/basic_auth_test.go user and password by position": """
        req.SetBasicAuth("robot", "Rumpel-st1lz") ~~> hardcoded-credential
    """,
    "goharbor/harbor:src/controller/config/test/controller_test.go entries of a map": """
        defaults := map[string]any{
            "postgresql_password":  "Fr0schkoenig", ~~> hardcoded-credential
        }
    """,
    "gogs/gogs:cmd/gogs/internal/web/webapp_dev.go an address that is parsed": """
        viteURL, err := url.Parse("http://localhost:5174") ~~> hardcoded-url
    """,
    "goharbor/harbor:src/core/auth/uaa/uaa_test.go fields of a login": """
        Username: "steward", ~~> hardcoded-username
        Password: "Fr4u-mahlzahn", ~~> hardcoded-credential
    """,
    "iot-ecology/go-iot-platform:go-iot-mq/main.go a URL among empty arguments": """
        cus := NewConsumer("", "amqp://feeder:Gr0ssmaul@10.7.0.2:5672", "", "", "") ~~> hardcoded-credential
    """,
    "bitly/oauth2_proxy:options_test.go fields that are set": """
        o.ClientSecret = "Zw3rgkoenig-alberich" ~~> hardcoded-credential
        o.CookieSecret = "s3chzehn-bytes16" ~~> hardcoded-credential
    """,
    "camptocamp/terraboard:state/aws_test.go a pair of keys": """
        AccessKey:       "steward-7Q2M5XW3N8KT", ~~> hardcoded-credential
        SecretAccessKey: "h7Kq2mZ9vX4cB1nL6pR8sT3wY5dF0gJ2aE4uI7oM", ~~> hardcoded-credential
    """,
    "goharbor/harbor:src/server/middleware/security/proxy_cache_secret_test.go a request": """
        req, _ := http.NewRequest(http.MethodGet, "http://127.0.0.1:8181/v2/library/nginx/manifests/stable", nil) ~~> hardcoded-url
    """,
    "gothinkster/golang-gin-realworld-example-app:common/unit_test.go a password in a body of JSON": """
        `{"username": "steward","password": "K1einer-muck"}`, ~~> hardcoded-credential
    """,
    "gobuffalo/buffalo:server_test.go a request": """
        resp, err := http.Get("http://127.0.0.1:3001") ~~> hardcoded-url
    """,
    "gogs/gogs:internal/authx/basic_test.go a header": """
        "Authorization": []string{"Basic c3Rld2FyZDpaYXU4ZXItbGVocmxpbmc="}, ~~> hardcoded-credential
    """,
    "mattermost/focalboard:server/app/auth_test.go hashed at once": """
        Password: auth.HashPassword("Nuss-kn4cker"), ~~> hardcoded-credential
    """,
    "mattermost/focalboard:server/services/store/sqlstore/util.go holes for all but the password": """
        template = "postgres://%s:Nuss-kn4cker@localhost:%s/%s?sslmode=disable" ~~> hardcoded-credential
    """,
    "gogs/gogs:internal/userx/userx_test.go an argument": """
        want := EncodePassword("Z4uberstab", "rands") ~~> hardcoded-credential
    """,
}

MISSES = {
    "goharbor/harbor:src/common/dao/testutils.go a variable of the environment": 'dbHost := os.Getenv("POSTGRESQL_HOST")',
    "gogs/gogs:internal/ssh/ssh.go our own listener, in parts": """
        listener, err := net.Listen("tcp", host+":"+strconv.Itoa(port))
    """,
    "iot-ecology/go-iot-platform:iot-go-project/models/models.go tags that name": """
        type User struct {
            Username string `json:"username"`
            Password string `json:"password" structs:"password"`
        }
    """,
    "gogs/gogs:internal/form/user.go tags that validate": """
        Password string `binding:"Required;MaxSize(255)" locale:"settings.password"`
    """,
    "netlify/gocommerce:conf/configuration.go a default that is none of a service": """
        Port int    `json:"port" default:"587"`
        Path string `envconfig:"LOG_PATH" default:"/var/log/commerce.log"`
    """,
    "authelia/authelia:internal/configuration/const.go a suffix": 'const constSecretSuffix = "_FILE"',
    "gogs/gogs:internal/route/user/setting.go a template": 'tmplUserSettingsPassword = "user/settings/password"',
    "XiaoMi/soar:common/config.go a mask": 'Config.OnlineDSN.Password = "********"',
    "iot-ecology/go-iot-platform:iot-go-project/initialize/init.go nothing but holes": """
        dsn := fmt.Sprintf("%s:%s@tcp(%s:%d)/%s?charset=utf8&parseTime=True", username, password, host, port, name)
    """,
    "iot-ecology/go-iot-platform:go-iot/ctr.go a URL of holes": """
        baseUrl := fmt.Sprintf("http://%s:%d/remove_mqtt_client?id=%s", nodeinfo.Host, nodeinfo.Port, id)
    """,
    "iot-ecology/go-iot-platform:iot-go-project/main.go documentation in a comment": "// @host http://127.0.0.1:8080/",
    "netlify/gocommerce:api/middleware.go what a person reads": """
        return nil, unauthorizedError("Request does not include the operator token, set password: first")
    """,
    "rabbitmq/rabbitmq-tutorials:go/rpc_client.go a message": """
        log.Println("Make sure RabbitMQ is running on localhost:5672")
    """,
    "authelia/authelia:cmd/authelia-gen/cmd_misc_test.go a host for documentation": """
        issuer := &url.URL{Scheme: "https", Host: "auth.example.com"}
    """,
    "eddycjy/go-gin-example:pkg/e/msg.go messages by code": """
        ERROR_AUTH_CHECK_TOKEN_TIMEOUT: "Token已超时",
        ERROR_AUTH_TOKEN:               "Token生成失败",
    """,
    "goharbor/harbor:src/core/service/token/authutils.go a value that is generated": "secret := utils.GenerateRandomStringWithLen(16)",
    "mattermost/focalboard:server/model/auth.go how long a password is": """
        MinimumPasswordLength = 8
    """,
    "gogs/gogs:internal/auth/ldap/config.go a field that a file fills": """
        BindPassword string `ini:",omitempty"` // of the DN that binds
    """,
    "bitly/oauth2_proxy:oauthproxy.go names of headers": """
        "X-Forwarded-Access-Token",
    """,
    "transcom/mymove:pkg/services/ghcdieselfuelprice/ghc_diesel_fuel_price_fetcher.go a parameter by name": """
        query.Set("api_key", priceKey)
    """,
    "github/gh-ost:go/sql/builder.go a part of a statement": """
        token = "convert(? using utf8mb4)"
    """,
    "camptocamp/terraboard:internal/terraform/lang/funcs/cidr_test.go a network": """
        cty.StringVal("192.168.4.0/24"),
    """,
    "XiaoMi/soar:common/config.go how a value looks": """
        testDSN := flag.String("test-dsn", FormatDSN(Config.TestDSN), "where to try it, username:password@tcp(ip:port)/schema")
    """,
    "iot-ecology/go-iot-platform:go-iot/rabbit_mq.go holes for everything": """
        connStr := fmt.Sprintf("amqp://%s:%s@%s:%d/", config.Username, config.Password, config.Host, config.Port)
    """,
    "github/gh-ost:go/logic/server.go our own listener": """
        srv.tcpListener, err = net.Listen("tcp", fmt.Sprintf(":%d", srv.migrationContext.ServeTCPPort))
    """,
    "0ceanSlim/nostr-hero:cmd/codex/staging/mode.go a test for loopback": """
        if strings.HasPrefix(host, "localhost:") || host == "localhost" || host == "127.0.0.1" {
    """,
    "github/gh-ost:go/cmd/gh-ost/main.go what must be given together": """
        migrationContext.Log.Fatal("--replica-password needs --replica-user")
    """,
    "docker/awesome-compose:nginx-golang-postgres/backend/main.go a service by name": """
        return sql.Open("postgres", fmt.Sprintf("postgres://steward:%s@db:5432/ledger?sslmode=disable", string(secret)))
    """,
    "goharbor/harbor:src/common/const.go services by name": """
        DefaultCoreEndpoint   = "http://core:8081"
        DefaultRegistryCtlURL = "http://registryctl:8081"
    """,
    "mattermost/focalboard:server/main/main.go a flag without a default": """
        pDBConfig := flag.String("dbconfig", "", "where the database is")
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    "main.go a raw string": """
        dsn := `host=10.1.1.9 user=app password=Bl4u-bart dbname=authelia` ~~> hardcoded-url hardcoded-credential
    """,
    "main.go the driver's own form": """
        dsn := "app:Goldm4rie@tcp(10.2.2.4:3306)/iot?charset=utf8&parseTime=True" ~~> hardcoded-credential
    """,
    "main.go a secret of a token": """
        const NBSecretPassword = "Very Str0ng!!@##" ~~> hardcoded-credential
    """,
    "main.go networks that are looked for": """
        var localCIDRs = []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}
    """,
    "main.go origins that may ask": """
        AllowedOrigins: []string{"http://localhost:3000"},
    """,
    "main.go a variable of the environment, and then a constant": """
        dbHost := os.Getenv("POSTGRESQL_HOST")
        if len(dbHost) == 0 {
            dbHost = "10.4.4.4" ~~> hardcoded-host
        }
    """,
    "redis.go network and address": """
        c, err := redis.Dial("tcp", "10.0.8.2:6379") ~~> hardcoded-url
    """,
    "client.go a request": """
        resp, err := http.Get("http://192.168.3.3:9000/api/v2.0/health") ~~> hardcoded-url
    """,
    "pgsql.go holes for all but the host": """
        psqlconn := fmt.Sprintf("postgres://%s:%s@10.0.0.4:5432/%s", user, password, dbname) ~~> hardcoded-url
    """,
    "redis.go options of a client": """
        rdb := redis.NewClient(&redis.Options{
            Addr:     "10.3.3.3:6379", ~~> hardcoded-url
            Password: "Rotk4eppchen", ~~> hardcoded-credential
            DB:       0,
        })
    """,
    "forward.go a host to log to": """
        al, err := syslog.Dial("udp", "10.2.2.2:5514", syslog.LOG_INFO, "audit") ~~> hardcoded-url
    """,
    "server.go our own listener": 'ln, err := net.Listen("tcp", "127.0.0.1:9091")',
    "service.go our own server's address": """
        srv := &http.Server{
            Addr: "127.0.0.1:9092",
        }
    """,
    "server.go a port of our own": 'http.ListenAndServe(":9090", mux)',
    "soar.go how a value looks": """
        testDSN := flag.String("test-dsn", "", "username:password@tcp(ip:port)/schema")
    """,
    "auth.go a test for loopback": """
        if host == "localhost" || strings.HasPrefix(remoteAddr, "127.0.0.1:") {
            return true
        }
    """,
    "user.go names of columns": """
        query := s.getQueryBuilder(db).Select("id", "username", "password", "mfa_secret").From("users")
    """,
    "main.go a version": 'const version = "10.2.0.1"',
    "config.go viper's default": """
        viper.SetDefault("ServerHost", "10.8.0.4") ~~> fallback-value
        viper.SetDefault("DBConfigString", "postgres://boards:Nuss-kn4cker@10.8.0.5/boards") ~~> fallback-value
    """,
    "configuration.go a default in a tag": """
        type Configuration struct {
            Host     string `envconfig:"DB_HOST" default:"10.9.1.2"` ~~> fallback-value
            Password string `envconfig:"DB_PASSWORD" default:"Hans1m-glueck"` ~~> fallback-value
        }
    """,
    "main.go a flag": """
        pDBConfig := flag.String("dbconfig", "mysql://boards:Sterntal3r@10.1.9.9:3306/boards", "Database config") ~~> fallback-value
    """,
    "const.go a block of constants": """
        const (
            DefaultCoreEndpoint   = "http://10.1.0.10:8080" ~~> hardcoded-url
            DefaultRegistryCtlURL = "http://10.1.0.11:8080" ~~> hardcoded-url
        )
    """,
}
