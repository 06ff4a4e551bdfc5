"""C#."""

HITS = {
    "rabbitmq/rabbitmq-tutorials:dotnet-amqp/RPCServer/Program.cs a constant": """
        const string brokerUri = "amqp://guest:Reine-kefuchs2@localhost:5672/%2f"; ~~> hardcoded-credential
    """,
    "rabbitmq/rabbitmq-tutorials:dotnet/RPCServer/RPCServer.cs an initializer": """
        var factory = new ConnectionFactory { HostName = "10.40.0.2" }; ~~> hardcoded-host
    """,
    "rabbitmq/rabbitmq-tutorials:dotnet/PublisherConfirms/PublisherConfirms.cs a variable": """
        string hostname = "192.168.9.9"; ~~> hardcoded-host
    """,
    "dotnet-architecture/eShopOnWeb:src/ApplicationCore/Constants/AuthorizationConstants.cs public constants": """
        public const string DEFAULT_PASSWORD = "Pass@Zwerg1"; ~~> hardcoded-credential
        public const string JWT_SECRET_KEY = "SecretKeyOfNobodyAtAll-0123456789"; ~~> hardcoded-credential
    """,
    "mattermost/focalboard:win-wpf/Focalboard/MainWindow.xaml.cs a format": """
        var url = String.Format("http://localhost:{0}", port); ~~> hardcoded-url
    """,
    "mehdihadeli/food-delivery-microservices:src/BuildingBlocks/BuildingBlocks.OpenTelemetry/OpenTelemetryOptions.cs a property with an initializer": """
        public string HttpExporterEndpoint { get; set; } = "http://localhost:9411/api/v2/spans"; ~~> hardcoded-url
    """,
    "mehdihadeli/food-delivery-microservices:src/BuildingBlocks/BuildingBlocks.OpenTelemetry/OpenTelemetryOptions.cs another": """
        public string OTLPGrpcExporterEndpoint { get; set; } = "http://10.45.0.9:14317"; ~~> hardcoded-url
    """,
    "dotnet/eShop:src/WebhookClient/Extensions/Extensions.cs an option": """
        options.ClientSecret = "Wartburg-s4ge"; ~~> hardcoded-credential
    """,
    "dotnet/eShop:src/ClientApp/Services/Settings/SettingsService.cs a private constant": """
        private const string DefaultClientSecret = "Mummels3e"; ~~> hardcoded-credential
    """,
    "dotnet/eShop:src/ClientApp/ViewModels/SettingsViewModel.cs a conditional": """
        private static string _baseAddress = DeviceInfo.Platform == DevicePlatform.Android ? "10.0.2.2" : "localhost"; ~~> hardcoded-host hardcoded-host
    """,
    "dotnet/eShop:src/HybridApp/MauiProgram.cs a conditional of addresses": """
        internal static string Bff = DeviceInfo.Platform == DevicePlatform.Android ? "http://10.0.2.2:11632/" : Default; ~~> hardcoded-url
    """,
    "dotnet/eShop:src/eShop.ServiceDefaults/AuthenticationExtensions.cs a collection": """
        options.TokenValidationParameters.ValidIssuers = [identityUrl, "https://10.0.2.2:5243"]; ~~> hardcoded-url
    """,
    "aspnetrun/run-aspnetcore-microservices:src/WebApps/Shopping.Web/Services/IBasketService.cs a user": """
        var userName = "swantje"; ~~> hardcoded-username
    """,
    "jasontaylordev/CleanArchitecture:src/Infrastructure/Data/ApplicationDbContextInitialiser.cs a user in an initializer": """
        var administrator = new ApplicationUser { UserName = "administrator@localhost" }; ~~> hardcoded-username
    """,
    "EduardoPires/EquinoxProject:src/Equinox.UI.Web/Configurations/DbMigrationHelpers.cs a user of a seed": """
        UserName = "teste@teste.invalid", ~~> hardcoded-username
    """,
    "dotnet/eShop:src/WebApp/Extensions/Extensions.cs an option of a client": """
        options.ClientSecret = "Nibelungenh0rt"; ~~> hardcoded-credential
    """,
    "dotnet/eShop:src/ClientApp/ViewModels/SettingsViewModel.cs a conditional of hosts": """
        private static string _baseAddress = DeviceInfo.Platform == DevicePlatform.Android ? "10.0.2.2" : "10.48.0.2"; ~~> hardcoded-host hardcoded-host
    """,
    "dockersamples/example-voting-app:worker/Program.cs a connection string as an argument": """
        var pgsql = OpenDbConnection("Server=db;Username=steward;Password=Brun-h1ld;"); ~~> hardcoded-credential
    """,
    "mehdihadeli/food-delivery-microservices:src/BuildingBlocks/BuildingBlocks.OpenTelemetry/OpenTelemetryOptions.cs the default of a property": """
        public string OTLPGrpcExporterEndpoint { get; set; } = "http://localhost:14318"; ~~> hardcoded-url
    """,
    "dotnet-architecture/eShopOnWeb:src/ApplicationCore/Constants/AuthorizationConstants.cs constants": """
        public const string DEFAULT_PASSWORD = "Dr4chenblut"; ~~> hardcoded-credential
        public const string JWT_SECRET_KEY = "t4rnkappe-und-ring-und-hort-und-schwert"; ~~> hardcoded-credential
    """,
    "devcontainers/templates:test/dotnet-mssql/Program.cs a property of a builder": """
        connectionBuilder.Password = "Wal-kuere99"; ~~> hardcoded-credential
    """,
}

MISSES = {
    "gothinkster/aspnetcore-realworld-example-app:src/Conduit/Program.cs a file": """
        var defaultDatabaseConnectionString = "Filename=realworld.db";
    """,
    "dotnet-architecture/eShopOnWeb:src/Web/Program.cs read from the settings": """
        var connection = builder.Configuration[builder.Configuration["AZURE_SQL_CATALOG_CONNECTION_STRING_KEY"] ?? ""];
        BaseAddress = new Uri(baseUrlConfig!.WebBase)
    """,
    "EduardoPires/EquinoxProject:src/Equinox.Infra.CrossCutting.Identity/Data/EquinoxIdentityContext.cs a connection's name": """
        var connectionString = builder.Configuration.GetConnectionString("DefaultConnection");
    """,
    "devcontainers/templates:test/dotnet/Program.cs our own address": '.UseUrls("http://0.0.0.0:8090", "http://localhost:8091")',
    "dotnet-architecture/eShopOnWeb:src/PublicApi/Program.cs a replacement": """
        corsPolicyBuilder.WithOrigins(baseUrl.WebBase.Replace("host.docker.internal", "localhost").TrimEnd('/'));
    """,
    "aspnet/Identity:src/UI/Areas/Identity/Pages/V4/Account/Register.cshtml.cs a label": """
        [Display(Name = "Password")]
        public string Password { get; set; }
    """,
    "aspnet/Identity:src/UI/Areas/Identity/Pages/V4/Account/Manage/SetPassword.cshtml.cs what is compared": """
        [Compare("Password", ErrorMessage = "The password and confirmation password do not match.")]
    """,
    "aspnet/Identity:src/ApiAuth.IS/Options/ClientBuilder.cs a scheme of names": """
        private const string NativeAppClientRedirectUri = "urn:ietf:wg:oauth:2.0:oob";
    """,
    "aspnet/Identity:samples/IdentitySample.Mvc/Controllers/AccountController.cs a provider": """
        var code = await _userManager.GenerateTwoFactorTokenAsync(user, "Phone");
        _logger.LogWarning(2, "Invalid password for {User}", user);
    """,
    "jasontaylordev/CleanArchitecture:src/Web/Infrastructure/IdentityApiOperationTransformer.cs a description": """
        ["api/Users/resetPassword"] = ("Reset password", "Resets a user's password using the token sent by email."),
    """,
    "jasontaylordev/CleanArchitecture:src/Shared/Services.cs the name of a service": """
        public const string DatabaseServer = "dbserver";
    """,
    "rabbitmq/rabbitmq-tutorials:dotnet-amqp/RpcAmqp10/Program.cs a message": """
        Console.WriteLine("Ensure RabbitMQ is running on localhost:5672.");
    """,
    "mattermost/focalboard:win-wpf/Focalboard/Webview2Installer.cs somebody else's address": """
        const string url = "https://go.microsoft.com/fwlink/p/?LinkId=2124703";
    """,
    "EduardoPires/EquinoxProject:src/Equinox.UI.Web/Data/Migrations/00000000000000_CreateIdentitySchema.Designer.cs a column": """
        b.Property<string>("PasswordHash");
    """,
    "mattermost/focalboard:win-wpf/Focalboard/Properties/AssemblyInfo.cs a version": """
        [assembly: AssemblyVersion("10.0.1.0")]
        [assembly: AssemblyFileVersion("10.0.1.0")]
    """,
    "dotnet-architecture/eShopOnWeb:src/Infrastructure/Identity/UserNotFoundException.cs a message": """
        public UserNotFoundException(string userName) : base($"No user found with username: {userName}")
    """,
    "aspnet/Identity:src/ApiAuth.IS/Configuration/ConfigureClients.cs a test for null": """
        if (definition.ClientSecret == null)
    """,
    "jasontaylordev/CleanArchitecture:src/ServiceDefaults/Extensions.cs a key of the settings": """
        var use = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
    """,
    "dotnet-architecture/eShopOnWeb:src/Web/HealthChecks/HomePageHealthCheck.cs joined parts": """
        string myUrl = request?.Scheme + "://" + request?.Host.ToString();
    """,
    "EduardoPires/EquinoxProject:src/Equinox.UI.Web/Areas/Identity/Pages/Account/Login.cshtml.cs a type of data": """
        [DataType(DataType.Password)]
    """,
    "aspnet/Identity:test/Identity.FunctionalTests/Infrastructure/ServerFactory.cs a server in the test's own process": """
        ClientOptions.BaseAddress = new Uri("https://localhost");
    """,
    "EduardoPires/EquinoxProject:src/Equinox.Services.Api/Configurations/SwaggerConfig.cs a page of everybody": """
        Contact = new OpenApiContact { Name = "Steward", Url = new Uri("https://github.com/steward") },
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    "Program.cs host and port with a comma": """
        var connectionBuilder = new SqlConnectionStringBuilder();
        connectionBuilder.DataSource = "localhost,1433"; ~~> hardcoded-url
        connectionBuilder.Password = "P4ss@Muenchhausen"; ~~> hardcoded-credential
    """,
    "Program.cs fields": """
        private static string Host = "10.41.0.5"; ~~> hardcoded-host
        private static string Password = "Bar0n-luegen"; ~~> hardcoded-credential
    """,
    "Program.cs a connection string": """
        using var connection = new MySqlConnection("Server=10.42.0.1;Database=shop;Uid=app;Pwd=Nibel-ungen3;"); ~~> hardcoded-url hardcoded-credential
    """,
    "Program.cs a helper with a default": """
        GetConnectionString("MySqlConnectionString", "Server=localhost;Database=shop;Uid=app;Pwd=Kriem-hild8;"); ~~> hardcoded-url hardcoded-credential
    """,
    "Program.cs an option's default": """
        var url = configuration.GetValue<string>("CatalogUrl", "http://10.44.0.7:5101"); ~~> fallback-value
    """,
    "Program.cs properties with initializers": """
        public string RabbitMQHost { get; set; } = "10.45.0.3"; ~~> hardcoded-host
        public string RabbitMQPassword { get; set; } = "Hagen-v0n-tronje"; ~~> hardcoded-credential
    """,
    "Program.cs a base address": """
        var client = new HttpClient { BaseAddress = new Uri("http://10.46.0.4:5099/api/") }; ~~> hardcoded-url
    """,
    "Program.cs a verbatim string": r"""
        var conn = @"Data Source=10.49.0.1\SQLEXPRESS;Initial Catalog=shop;User Id=sa;Password=Alberich#7"; ~~> hardcoded-url hardcoded-credential
    """,
    "Program.cs an interpolated string": """
        var url = $"http://10.50.0.1:5102/api/orders/{orderId}"; ~~> hardcoded-url
    """,
    "Program.cs a raw string": '''
        var settings = """
            { "Password": "Loreley-am-Rhe1n" } ~~> hardcoded-credential
            """;
    ''',
    "Program.cs entries of a dictionary": """
        var settings = new Dictionary<string, string>
        {
            ["Redis:Host"] = "10.51.0.1", ~~> hardcoded-host
            ["Redis:Password"] = "Kyff-haeuser1", ~~> hardcoded-credential
            { "Smtp:Password", "Barba-r0ssa" }, ~~> hardcoded-credential
        };
    """,
    "Program.cs nothing but holes": """
        var connString = $"Host={Host};Port={Port};Username={User};Password={Password};Database={DBname}";
    """,
    "Program.cs this machine, without a password": """
        GetConnectionString("SqlServerConnectionString", "Data Source=.;Initial Catalog=tempdb;Integrated Security=True");
    """,
    "Program.cs the name of a resource": """
        internal static string FormatPasswordTooShort(object p0) => string.Format(GetString("PasswordTooShort"), p0);
    """,
    "Program.cs a test for this machine": """
        if (request.Host.Host == "localhost" || address.StartsWith("http://127.0.0.1")) return true;
    """,
    "Program.cs parameters": """
        command.CommandText = $"SELECT u.Value FROM AspNetUserTokens u WHERE u.LoginProvider = @provider AND u.Token = @token";
    """,
    "Program.cs a reference": """
        var password = "@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/db/)";
    """,
    "Program.cs a variable of the environment": """
        var host = Environment.GetEnvironmentVariable("DB_HOST") ?? "10.43.0.9"; ~~> fallback-value
        var secret = Environment.GetEnvironmentVariable("DB_PASSWORD") ?? "Sieg-fr1ed"; ~~> fallback-value
    """,
    "Extensions.cs a setting": """
        var redis = builder.Configuration["RedisConnection"] ?? "redis://10.44.0.2:6379"; ~~> fallback-value
    """,
    "DependencyInjection.cs an option of a builder": """
        services.AddDbContext<Context>(options =>
            options.UseNpgsql("Host=10.47.0.2;Port=5432;Username=app;Password=Brun-h1ld;Database=shop")); ~~> hardcoded-url hardcoded-credential
    """,
    "MessageServices.cs mail": """
        smtp.Credentials = new NetworkCredential("mailer@shop.invalid", "Wal-kuere99"); ~~> hardcoded-credential
        smtp.Host = "10.48.0.1"; ~~> hardcoded-host
    """,
    "Program.cs origins that may ask": """
        policy.WithOrigins("http://localhost:4200", "https://localhost:44315").AllowAnyHeader();
    """,
    "IdentityServerConfig.cs a client's secret": """
        ClientSecrets = { new Secret("Rhein-g0ld-17a9".Sha256()) }, ~~> hardcoded-credential
    """,
}
