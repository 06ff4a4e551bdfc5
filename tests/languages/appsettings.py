"""Settings of .NET in JSON: appsettings.json, launchSettings.json, and what reads like them."""

HITS = {
    "dotnet-architecture/eShopOnWeb:src/Web/appsettings.Docker.json connection strings": """
        {
          "ConnectionStrings": {
            "CatalogConnection": "Server=sqlserver,1433;User Id=sa;Password=@someMaerchen1234;TrustServerCertificate=true;", ~~> hardcoded-credential
            "IdentityConnection": "Server=sqlserver,1433;User Id=sa;Password=@someMaerchen1234;" ~~> hardcoded-credential
          }
        }
    """,
    "dotnet-architecture/eShopOnWeb:src/PublicApi/appsettings.json base addresses": """
        {
          "baseUrls": {
            "apiBase": "https://localhost:5099/api/", ~~> hardcoded-url
            "webBase": "https://localhost:44315/" ~~> hardcoded-url
          }
        }
    """,
    "dotnet-architecture/eShopOnWeb:src/BlazorAdmin/wwwroot/appsettings.Docker.json the host of containers": """
        {"baseUrls": {"webBase": "http://host.docker.internal:5106/"}} ~~> hardcoded-url
    """,
    "mehdihadeli/food-delivery-microservices:src/Services/Catalogs/FoodDelivery.Services.Catalogs.Api/appsettings.json MongoDB": """
        {"MongoOptions": {"ConnectionString": "mongodb://app:Pf3ifer@10.111.0.3:27017"}} ~~> hardcoded-credential
    """,
    "aspnetrun/run-aspnetcore-microservices:src/Services/Ordering/Ordering.API/appsettings.json a database": """
        {"ConnectionStrings": {"Database": "Server=localhost;Database=OrderDb;User Id=sa;Password=Swn-Zwerg7;"}} ~~> hardcoded-url hardcoded-credential
    """,
    "aspnetrun/run-aspnetcore-microservices:src/ApiGateways/YarpApiGateway/appsettings.Local.json a destination": """
        {"Destinations": {"destination1": {"Address": "http://localhost:6000/"}}} ~~> hardcoded-url
    """,
    "aspnetrun/run-aspnetcore-microservices:src/Services/Basket/Basket.API/appsettings.json a service": """
        {"GrpcSettings": {"DiscountUrl": "https://localhost:5052"}} ~~> hardcoded-url
    """,
    "EduardoPires/EquinoxProject:src/Equinox.Services.Api/appsettings.Testing.json a key that signs": """
        {"AppSettings": {"SecretKey": "fmF9n5agHZ7uG2N0e1zaEJ4QtGVo8N5Q"}} ~~> hardcoded-credential
    """,
    "dotnet/eShop:src/Ordering.API/appsettings.json an event bus": """
        {"ConnectionStrings": {"EventBus": "amqp://localhost"}} ~~> hardcoded-url
    """,
    "mehdihadeli/food-delivery-microservices:src/ApiGateway/FoodDelivery.ApiGateway/appsettings.json exporters": """
        {"OpenTelemetryOptions": {"ZipkinOptions": {"HttpExporterEndpoint": "http://localhost:9412/api/v2/spans"}}} ~~> hardcoded-url
    """,
    "mehdihadeli/food-delivery-microservices:src/Bffs/Spa.Bff/FoodDelivery.Spa.Bff/appsettings.json health of another": """
        {"Clusters": {"catalogs": {"Destinations": {"catalogs/destination": {"Health": "https://localhost:4002/health"}}}}} ~~> hardcoded-url
    """,
    "fullstackhero/dotnet-starter-kit:src/api/server/appsettings.Development.json PostgreSQL": """
        {"DatabaseOptions": {"ConnectionString": "Server=localhost;Database=hall;Port=5433;User Id=steward;Password=K1ngsor@gart;"}} ~~> hardcoded-url hardcoded-credential
    """,
    "fullstackhero/dotnet-starter-kit:src/api/server/appsettings.Development.json a page of jobs": """
        {
          "HangfireOptions": {
            "Username": "steward", ~~> hardcoded-username
            "Password": "Gr4lsburg!Ritter", ~~> hardcoded-credential
            "Route": "/jobs"
          }
        }
    """,
    "fullstackhero/dotnet-starter-kit:src/api/server/appsettings.Development.json mail": """
        {
          "MailOptions": {
            "Host": "smtp.ethereal.email",
            "Port": 587,
            "Password": "Hamel1nAmFluss" ~~> hardcoded-credential
          }
        }
    """,
    "mehdihadeli/food-delivery-microservices:src/Services/Catalogs/FoodDelivery.Services.Catalogs.Api/appsettings.json PostgreSQL": """
        {"PostgresOptions": {"ConnectionString": "Server=localhost;Port=5433;Database=hall;User Id=steward;Password=Lohengr1n;Include Error Detail=true"}} ~~> hardcoded-url hardcoded-credential
    """,
    "mehdihadeli/food-delivery-microservices:src/Services/Catalogs/FoodDelivery.Services.Catalogs.Api/appsettings.json a broker": """
        {
          "RabbitMqOptions": {
            "Host": "localhost", ~~> hardcoded-host
            "Port": 5673, ~~> hardcoded-port
            "UserName": "steward", ~~> hardcoded-username
            "Password": "Schwanenr1tter" ~~> hardcoded-credential
          }
        }
    """,
    "mehdihadeli/food-delivery-microservices:src/Services/Catalogs/FoodDelivery.Services.Catalogs.Api/appsettings.json exporters of several protocols": """
        {
          "JaegerOptions": {
            "OTLPGrpcExporterEndpoint": "http://localhost:14318", ~~> hardcoded-url
            "HttpExporterEndpoint": "http://localhost:14269/api/traces" ~~> hardcoded-url
          }
        }
    """,
    "aspnetrun/run-aspnetcore-microservices:src/Services/Ordering/Ordering.API/appsettings.json a broker": """
        {
          "MessageBroker": {
            "Host": "amqp://localhost:5673", ~~> hardcoded-url
            "UserName": "steward", ~~> hardcoded-username
            "Password": "N1xenreich" ~~> hardcoded-credential
          }
        }
    """,
    "mehdihadeli/food-delivery-microservices:src/Bffs/Mobile.Bff/FoodDelivery.Mobile.Bff/appsettings.json a secret of a client": """
        {"OAuthOptions": {"ClientSecret": "Nebelk4ppe"}} ~~> hardcoded-credential
    """,
    "mehdihadeli/food-delivery-microservices:src/Services/Identity/FoodDelivery.Services.Identity.Api/appsettings.json addresses of others": """
        {
          "CatalogsAddress": "http://localhost:4003", ~~> hardcoded-url
          "IdentityAddress": "https://localhost:7003" ~~> hardcoded-url
        }
    """,
    "jasontaylordev/CleanArchitecture:src/Web/appsettings.PostgreSQL.json PostgreSQL of loopback": """
        {"ConnectionStrings": {"CleanArchitectureDb": "Server=127.0.0.1;Port=5433;Database=hall;Username=steward;Password=Lohengr1n;"}} ~~> hardcoded-url hardcoded-credential
    """,
    "dotnet/eShop:src/Basket.API/Properties/launchSettings.json a variable of two words": """
        {"environmentVariables": {"Identity__Url": "http://localhost:5224"}} ~~> hardcoded-url
    """,
}

MISSES = {
    "dotnet-architecture/eShopOnWeb:src/Web/appsettings.json a local database": """
        {"ConnectionStrings": {"CatalogConnection": "Server=(localdb)\\\\mssqllocaldb;Integrated Security=true;Initial Catalog=shop;"}}
    """,
    "aspnet/Identity:samples/IdentitySample.DefaultUI/appsettings.json trusted": """
        {"ConnectionStrings": {"DefaultConnection": "Server=(localdb)\\\\mssqllocaldb;Database=aspnet-45;Trusted_Connection=True"}}
    """,
    "jasontaylordev/CleanArchitecture:src/Web/appsettings.json levels": """
        {"Logging": {"LogLevel": {"Default": "Information", "Microsoft": "Warning"}}}
    """,
    "EduardoPires/EquinoxProject:src/Equinox.Services.Api/appsettings.Staging.json hosts that may ask": '{"AllowedHosts": "*"}',
    "EduardoPires/EquinoxProject:src/Equinox.Services.Api/Properties/launchSettings.json an identity of a schema": """
        {"$schema": "http://json.schemastore.org/launchsettings.json"}
    """,
    "dotnet/eShop:global.json a version": '{"sdk": {"version": "10.0.100"}}',
    "dotnet/eShop:src/Identity.API/appsettings.json a lifetime": """
        {"TokenLifetimeMinutes": 120, "PermanentTokenLifetimeDays": 365}
    """,
    "dotnet/eShop:src/Basket.API/appsettings.json levels": """
        {"Logging": {"LogLevel": {"Default": "Information", "Microsoft.AspNetCore": "Warning"}}}
    """,
    "dotnet-architecture/eShopOnWeb:src/PublicApi/appsettings.json an empty address": """
        {"CatalogBaseUrl": ""}
    """,
    "dotnet-architecture/eShopOnWeb:src/PublicApi/appsettings.json a local database": """
        {"ConnectionStrings": {"IdentityConnection": "Server=(localdb)\\\\mssqllocaldb;Integrated Security=true;Initial Catalog=Identity;"}}
    """,
    "dotnet-architecture/eShopOnWeb:tests/PublicApiIntegrationTests/appsettings.test.json a flag": """
        {"UseOnlyInMemoryDatabase": true}
    """,
    "EduardoPires/EquinoxProject:src/Equinox.UI.Web/appsettings.Staging.json what stands for a value": """
        {"Google": {"ClientId": "SetYourDataHere", "ClientSecret": "SetYourDataHere"}}
    """,
    "EduardoPires/EquinoxProject:src/Equinox.UI.Web/appsettings.Development.json what stands for another": """
        {"Facebook": {"AppId": "SetYourDataHere", "AppSecret": "SetYourDataHere"}}
    """,
    "dotnet/eShop:src/WebApp/appsettings.json hosts that may ask": """
        {"AllowedHosts": "*", "SessionCookieLifetimeMinutes": 60}
    """,
    "dotnet/eShop:src/PaymentProcessor/appsettings.Development.json levels of one": """
        {"Logging": {"LogLevel": {"Default": "Debug", "System": "Information"}}}
    """,
    "aspnetrun/run-aspnetcore-microservices:src/Services/Ordering/Ordering.API/appsettings.json a feature": """
        {"FeatureManagement": {"OrderFullfilment": false}}
    """,
    "aspnetrun/run-aspnetcore-microservices:src/Services/Discount/Discount.Grpc/appsettings.json a file": """
        {"ConnectionStrings": {"Database": "Data Source=discountdb"}}
    """,
    "jasontaylordev/CleanArchitecture:src/Web/appsettings.json levels of another": """
        {"Logging": {"LogLevel": {"Microsoft.Hosting.Lifetime": "Warning"}}}
    """,
    "dotnet/eShop:src/Webhooks.API/Properties/launchSettings.json our own address": """
        {"applicationUrl": "http://localhost:5228"}
    """,
    "mehdihadeli/food-delivery-microservices:src/Services/Orders/FoodDelivery.Services.Orders.Api/appsettings.json who may ask": """
        {"CorsOptions": {"AllowedUrls": ["http://localhost:4201"]}}
    """,
    "mehdihadeli/food-delivery-microservices:src/Bffs/Spa.Bff/FoodDelivery.Spa.Bff/appsettings.json a flag that names tokens": """
        {"SaveTokens": true}
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    "appsettings.json a broker": """
        {
          "RabbitMq": {
            "Username": "guest", ~~> hardcoded-username
            "Password": "Rattenf4enger", ~~> hardcoded-credential
            "Hostname": "localhost", ~~> hardcoded-host
            "Port": 5673 ~~> hardcoded-port
          }
        }
    """,
    "appsettings.json mail": """
        {
          "EmailConfiguration": {
            "SmtpServer": "10.111.0.2", ~~> hardcoded-host
            "Password": "Hamel1n-am-fluss" ~~> hardcoded-credential
          }
        }
    """,
    "appsettings.json keys that sign": """
        {
          "JwtSettings": {
            "Secret": "f0a1c92be83d475690ab3cde", ~~> hardcoded-credential
            "SigningKey": "c92be83d475690ab3cdef0a1" ~~> hardcoded-credential
          }
        }
    """,
    "appsettings.json keys with a path": """
        {
          "Redis:ConnectionString": "10.111.0.4:6379,password=Zaub3rfloete", ~~> hardcoded-url hardcoded-credential
          "EventBus:HostAddress": "amqp://guest:Zaub3rfloete@localhost:5672" ~~> hardcoded-credential
        }
    """,
    "appsettings.json a certificate": """
        {"IdentityServer": {"Key": {"Type": "File", "FilePath": "test.pfx", "Password": "Sar4stro"}}} ~~> hardcoded-credential
    """,
    "appsettings.json a provider of logins": """
        {
          "Authentication": {
            "Google": {"ClientId": "shop", "ClientSecret": "GX-91b3f7e05ad8c264"} ~~> hardcoded-credential
          }
        }
    """,
    "Properties/launchSettings.json variables of the environment": """
        {
          "profiles": {
            "Conduit": {
              "environmentVariables": {
                "ASPNETCORE_ENVIRONMENT": "Development",
                "DB_PASSWORD": "Mon0statos", ~~> hardcoded-credential
                "REDIS_URL": "redis://10.112.0.3:6379" ~~> hardcoded-url
              }
            }
          }
        }
    """,
    "appsettings.Development.json PostgreSQL": """
        {"ConnectionStrings": {"WebHooksDB": "Host=localhost;Database=WebHooksDB;Username=postgres;Password=Wuensch3lrute"}} ~~> hardcoded-url hardcoded-credential
    """,
    "appsettings.json PostgreSQL": """
        {"ConnectionStrings": {"Shop": "Host=10.111.0.5;Port=5432;Username=shop;Password=Papag3no;Database=shop"}} ~~> hardcoded-url hardcoded-credential
    """,
    "appsettings.json MySQL": """
        {"ConnectionStrings": {"Shop": "server=10.111.0.6;uid=shop;pwd=Papag3na;database=shop"}} ~~> hardcoded-url hardcoded-credential
    """,
    "ocelot.json a gateway": """
        {
          "Routes": [
            {"DownstreamHostAndPorts": [{"Host": "10.111.0.7", "Port": 5103}]} ~~> hardcoded-host hardcoded-port
          ]
        }
    """,
    "appsettings.Development.json comments are allowed": """
        {
          // of the developer's own server
          "Seq": {"ServerUrl": "http://10.112.0.2:5341", "ApiKey": "Qx7f09c1e8b73d5a2K"} ~~> hardcoded-url hardcoded-credential
        }
    """,
    "appsettings.json logs": """
        {
          "Serilog": {
            "WriteTo": [{"Name": "Seq", "Args": {"serverUrl": "http://localhost:5341"}}] ~~> hardcoded-url
          }
        }
    """,
    "appsettings.Production.json Azure": """
        {
          "Storage": "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=a9Qx7f09c1e8b73d5a2Kz4lmN0pQ8rStUvWxYz01AbCdEfGh==", ~~> hardcoded-credential
          "Sql": "Server=tcp:shop.database.windows.net,1433;User ID=shop;Password=Tam1no-prinz;" ~~> hardcoded-url hardcoded-credential
        }
    """,
    "config.json a connection string of tests": """
        {"Database": {"Server": "10.112.0.4", "Pwd": "K0enigin-der-nacht"}} ~~> hardcoded-host hardcoded-credential
    """,
    "appsettings.json services by address": """
        {
          "BasketUrl": "http://10.112.0.5:5103", ~~> hardcoded-url
          "IdentityUrl": "http://10.112.0.5:5105" ~~> hardcoded-url
        }
    """,
    "appsettings.json Kafka": """
        {"Kafka": {"BootstrapServers": "10.112.0.6:9092", "SaslPassword": "Sprech3r-des-tempels"}} ~~> hardcoded-url hardcoded-credential
    """,
    "appsettings.Production.json references": """
        {
          "ConnectionStrings": {"Sql": "Host=${POSTGRES_HOST};Port=${POSTGRES_PORT};Password=${POSTGRES_PASSWORD};"},
          "Jwt": {"Key": "${JWT_KEY}", "Secret": "${JWT_SECRET}"}
        }
    """,
    "appsettings.json what stands for a value": """
        {"ConnectionStrings": {"Default": "Server=YOURSERVER;Database=your_database;User Id=your_user;Password=your_password;"}}
    """,
    "appsettings.json an empty value": '{"RabbitMq": {"Password": "", "Hostname": ""}}',
    "package.json a package": """
        {"name": "token", "repository": {"url": "https://github.com/aspnet/Identity"}, "version": "10.0.1"}
    """,
    "package-lock-own.json what is resolved": """
        {"resolved": "https://registry.npmjs.org/js-tokens/-/js-tokens-4.0.0.tgz", "integrity": "sha512-RdJUflcE3cUzKiMqQgsCu06FPu9UdIJO0beYbPhHN4k6apgJtifcoCtT9bcxOpYBtpD2kCM6Sbzg4CausW/PKQ=="}
    """,
    "launchSettings.json our own addresses": """
        {"profiles": {"Conduit": {"applicationUrl": "http://localhost:5000;https://localhost:5001", "sslPort": 44333}}}
    """,
    "appsettings.json our own endpoints": """
        {"Kestrel": {"Endpoints": {"Http": {"Url": "http://0.0.0.0:5101"}}}, "urls": "http://0.0.0.0:80"}
    """,
    "appsettings.Tokens.json lifetimes": """
        {"Jwt": {"TokenLifetimeMinutes": 30, "RefreshTokenName": "refresh_token", "PasswordMinLength": 8}}
    """,
    "openapi.json a schema": """
        {"schema": {"password": {"type": "string", "format": "password"}, "token": {"$ref": "#/components/Token"}}}
    """,
    "appsettings.Vault.json a vault": """
        {"Jwt": {"Key": "@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/jwt)"}}
    """,
    "appsettings.json flags": """
        {"UseCustomizationData": false, "UseVault": false, "SecretsEnabled": true, "TokenType": "Bearer"}
    """,
    "cors.json origins that may ask": """
        {"Cors": {"AllowedOrigins": ["http://localhost:4200", "https://localhost:5001"]}}
    """,
    "messages.json a text": """
        {"FORWARD_ENDPOINT_TOOLTIP": "Forward logs to the syslog endpoint, for example: harbor-log:10514"}
    """,
    "appsettings.json an address of identity": """
        {"IdentityUrl": "http://localhost:5115", "SubscriptionClientName": "Basket"} ~~> hardcoded-url
    """,
    "appsettings.json a bus of Azure": """
        {"ServiceBusConnection": "Endpoint=sb://hall.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=Qx7f09c1e8b73d5a2Kz4lmN0pQ8rStUvWxYz01AbCd0=;EntityPath=bus"} ~~> hardcoded-url hardcoded-credential
    """,
    "appsettings.json a key that signs": """
        {"JwtOptions": {"SecretKey": "71f25bXg0HsNxd8TPMpa", "Issuer": "hall-identity"}} ~~> hardcoded-credential
    """,
    "appsettings.json a bus": """
        {"EventBusSettings": {"HostAddress": "amqp://steward:N1xenreich@localhost:5673"}} ~~> hardcoded-credential
    """,
    "appsettings.json a search engine": """
        {"ElasticConfiguration": {"Uri": "http://localhost:9201"}} ~~> hardcoded-url
    """,
    "tsconfig.json options": """
        {"compilerOptions": {"baseUrl": "./", "paths": {"@auth/*": ["src/auth/*"]}}}
    """,
    "online_store.json data": """
        {"store": {"url": "mystore.com", "items": [{"token": "A-1", "key": "red"}]}}
    """,
}
