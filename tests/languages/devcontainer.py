"""devcontainer.json: one person's editor, so that its addresses may stand there, its credentials not."""

HITS = {
    "hackmdio/codimd:.devcontainer/devcontainer.json a connection of SQLTools": """
        {
          "settings": {
            "sqltools.connections": [{
              "server": "localhost",
              "port": 5432,
              "username": "postgres", ~~> hardcoded-username
              "password": "Goldener-t0p" ~~> hardcoded-credential
            }]
          }
        }
    """,
    "dotnet-architecture/eShopOnWeb:.devcontainer/devcontainer.json behind a comment's mark": """
        {
          // "remoteEnv": {
          //   "ASPNETCORE_Kestrel__Certificates__Default__Password": "Secur3Coppelius", ~~> hardcoded-credential
          // },
        }
    """,
    "devcontainers/templates:src/dotnet-mssql/.devcontainer/devcontainer.json MSSQL": """
        {"mssql.connections": [{"server": "localhost,1433", "user": "sa", "password": "P4ulmann!"}]} ~~> hardcoded-username hardcoded-credential
    """,
    "devcontainers/templates:src/dotnet-mssql/.devcontainer/devcontainer.json below customizations": """
        {"customizations": {"vscode": {"settings": {"mssql.connections": [{
          "authenticationType": "SqlLogin",
          "user": "sa", ~~> hardcoded-username
          "password": "S@ndm4nn", ~~> hardcoded-credential
          "profileName": "mssql-container"
        }]}}}}
    """,
    "microsoft/azuresql-devcontainers:.devcontainer/devcontainer.json a profile that keeps its password": """
        {"mssql.connections": [
          {
            "server": "localhost,1433",
            "database": "master",
            "user": "sa", ~~> hardcoded-username
            "password": "Gl4saugen!", ~~> hardcoded-credential
            "savePassword": true
          }
        ]}
    """,
    "microsoft/vscode-remote-try-sqlserver:.devcontainer/devcontainer.json a profile that keeps no password": """
        {"mssql.connections": [
          {
            "user": "sa", ~~> hardcoded-username
            "password": "H0lzpuppe", ~~> hardcoded-credential
            "emptyPasswordInput": false,
            "savePassword": false
          }
        ]}
    """,
    "microsoft/vscode-remote-try-sqlserver:.devcontainer/devcontainer.json a step of instructions": """
        {
          // 2. Uncomment these 'remoteEnv' lines:
          //    "remoteEnv": {
          //        "ASPNETCORE_Kestrel__Certificates__Default__Password": "Secur3Holzpuppe", ~~> hardcoded-credential
          //    },
        }
    """,
    "Azure-Samples/msdocs-app-service-sqldb-dotnetcore:.devcontainer/devcontainer.json settings behind a comment's mark": """
        {"customizations": {"vscode": {
          // "settings": {
          // \t"mssql.connections": [
          // \t\t{
          // \t\t\t"password": "P@ss4Wachsfigur", ~~> hardcoded-credential
          // \t\t\t"trustServerCertificate": true
          // \t\t}
          // \t]
          // },
        }}}
    """,
    "AnalogIO/analog-core:.devcontainer/devcontainer.json beside forwarded ports": """
        {
          "mssql.connections": [{"server": "localhost,1433", "password": "K4ffeemuehle"}], ~~> hardcoded-credential
          "forwardPorts": [1433, 5000, 5001],
          "portsAttributes": {"5001": {"protocol": "https"}}
        }
    """,
    "0GiS0/tour-of-heroes-dotnet-api:.devcontainer/devcontainer.json a connection string of .NET": """
        {"remoteEnv": {
          "ConnectionStrings__DefaultConnection": "Server=localhost,1433;Initial Catalog=legends;User ID=sa;Password=N@chtst4eck;TrustServerCertificate=True" ~~> hardcoded-credential
        }}
    """,
    "0GiS0/tour-of-heroes-dotnet-api:.devcontainer/devcontainer.json beside a theme": """
        {"settings": {
          "workbench.colorTheme": "Visual Studio Light",
          "mssql.connections": [
            {"server": "localhost,1433", "password": "N@chtst4eck"} ~~> hardcoded-credential
          ]
        }}
    """,
    "croblesm/library-dab:.devcontainer/devcontainer.json a path beside a connection": """
        {"settings": {
          "mssql.connections": [{
            "user": "sa", ~~> hardcoded-username
            "password": "B1bliothekar", ~~> hardcoded-credential
            "profileName": "LocalDev"
          }],
          "sqlDatabaseProjects.dotnetSDK Location": "/usr/bin/"
        }}
    """,
    "croblesm/library-dab:.devcontainer/devcontainer.json a step of instructions": """
        {
          //    "remoteEnv": {
          // \t      "ASPNETCORE_Kestrel__Certificates__Default__Password": "Secur3Bibliothek", ~~> hardcoded-credential
          //        "ASPNETCORE_Kestrel__Certificates__Default__Path": "/home/vscode/.aspnet/https/aspnetapp.pfx",
          //    },
        }
    """,
    "croblesm/azure-sql-prisma-vue:.devcontainer/devcontainer.json a certificate that is trusted": """
        {"mssql.connections": [{
          "password": "Pr1smenglas", ~~> hardcoded-credential
          "savePassword": true,
          "trustServerCertificate": true
        }]}
    """,
    "WeAreRetail/terraform-provider-mssqlpermissions:.devcontainer/devcontainer.json an address of loopback": """
        {"mssql.connections": [
          {
            "server": "127.0.0.1",
            "authenticationType": "SqlLogin",
            "user": "sa", ~~> hardcoded-username
            "password": "Kr4emerladen" ~~> hardcoded-credential
          }
        ]}
    """,
    "MicrosoftDocs/mslearn-secure-aspnet-core-identity:.devcontainer/devcontainer.json settings at the top": """
        {"settings": {
          "mssql.connections": [
            {
              "password": "P1zzabaecker", ~~> hardcoded-credential
              "encrypt": false
            }
          ]
        }}
    """,
    "MicrosoftDocs/mslearn-secure-aspnet-core-identity:.devcontainer/devcontainer.json a step of instructions": """
        {
          //    "remoteEnv": {
          // \t      "ASPNETCORE_Kestrel__Certificates__Default__Password": "Secur3Pizzabaecker", ~~> hardcoded-credential
          //    },
        }
    """,
    "hasselmann-click/hangfire-demo:.devcontainer/devcontainer.json a whole profile": """
        {"mssql.connections": [
          {
            "server": "localhost,1433",
            "database": "",
            "authenticationType": "SqlLogin",
            "user": "sa", ~~> hardcoded-username
            "password": "Fl4mmenkreis", ~~> hardcoded-credential
            "emptyPasswordInput": false
          }
        ]}
    """,
    "JosefForkman/DB-labb-3:.devcontainer/devcontainer.json a service of Compose": """
        {"mssql.connections": [
          {
            "server": "db",
            "user": "sa", ~~> hardcoded-username
            "password": "Zauberk4sten", ~~> hardcoded-credential
            "trustServerCertificate": true
          }
        ]}
    """,
    "kolatts/Imagile:.devcontainer/devcontainer.json another port": """
        {"mssql.connections": [{"server": "localhost,1434", "user": "sa", "password": "B1lderbogen"}]} ~~> hardcoded-username hardcoded-credential
    """,
    "RogerBaten/dev-container-tsqlt:.devcontainer/devcontainer.json beside variables of the editor": """
        {
          "mssql.connections": [{"password": "Pruefst4nd", "savePassword": false}], ~~> hardcoded-credential
          "remoteEnv": {"PATH": "${containerEnv:PATH}:/opt/mssql-tools/bin"}
        }
    """,
    "jesulink2514/devcontainer-db-demo:.devcontainer/devcontainer.json a profile's name behind": """
        {"mssql.connections": [
          {
            "password": "V0rfuehrung", ~~> hardcoded-credential
            "profileName": "mssql-container"
          }
        ]}
    """,
}

MISSES = {
    "devcontainers/templates:src/python/.devcontainer/devcontainer.json an image": """
        {"name": "Python 3", "image": "mcr.microsoft.com/devcontainers/python:1-3.11-bookworm"}
    """,
    "devcontainers/templates:src/markdown/.devcontainer/devcontainer.json extensions": """
        {"customizations": {"vscode": {"extensions": ["bierner.github-markdown-preview", "mtxr.sqltools-driver-pg"]}}}
    """,
    "devcontainers/templates:src/debian/.devcontainer/devcontainer.json a comment": """
        // For format details, see https://aka.ms/devcontainer.json.
        {"name": "Debian"}
    """,
    "devcontainers/templates:src/docker-outside-of-docker-compose/.devcontainer/devcontainer.json a service": '{"dockerComposeFile": "docker-compose.yml", "service": "app"}',
    "devcontainers/templates:src/docker-outside-of-docker-compose/.devcontainer/devcontainer.json a folder": '{"workspaceFolder": "/workspaces/${localWorkspaceFolderBasename}"}',
    "allthingslinux/tux:.devcontainer/devcontainer.json a path": """
        {"postStartCommand": "export PATH=\\"$HOME/.cargo/bin:$PATH\\""}
    """,
    "monicahq/monica:.devcontainer/devcontainer.json scripts": """
        {"postCreateCommand": ".devcontainer/postCreate.sh", "postStartCommand": ".devcontainer/postStart.sh"}
    """,
    "hackmdio/codimd:.devcontainer/devcontainer.json rights": """
        {"postCreateCommand": "sudo chown -R node:node node_modules && /workspace/bin/setup"}
    """,
    "lobsters/lobsters:.devcontainer/devcontainer.json a task": """
        {"overrideCommand": true, "postStartCommand": "bin/rails fake_data"}
    """,
    "patr-cloud/patr:.devcontainer/devcontainer.json extensions and rights": """
        {"updateRemoteUserUID": true, "extensions": ["usernamehw.errorlens"]}
    """,
    "monicahq/monica:.devcontainer/dummy/devcontainer.json a script with an argument": """
        {"postCreateCommand": ".devcontainer/postCreate.sh dummy", "postStartCommand": "service apache2 restart"}
    """,
    "hackmdio/codimd:.devcontainer/devcontainer.json ports": """
        {"portsAttributes": {"5432": {"label": "PostgreSQL", "onAutoForward": "silent"}}}
    """,
    "0GiS0/tour-of-heroes-dotnet-api:.devcontainer/devcontainer.json ports that are forwarded": """
        {"forwardPorts": [5010, 1433, 3001], "portsAttributes": {"5010": {"label": "api", "protocol": "http"}}}
    """,
    "JosefForkman/DB-labb-3:.devcontainer/devcontainer.json a password that is not empty": """
        {"customizations": {"vscode": {"settings": {"mssql.connections": [
          {"authenticationType": "SqlLogin", "emptyPasswordInput": false, "savePassword": false}
        ]}}}}
    """,
    "allthingslinux/tux:.devcontainer/devcontainer.json a folder for each system": """
        {"customizations": {"vscode": {"settings": {
          "terminal.integrated.env.linux": {"PYTHONPATH": "${workspaceFolder}/src"},
          "python.defaultInterpreterPath": "/usr/local/bin/python"
        }}}}
    """,
    "AnalogIO/analog-core:.devcontainer/devcontainer.json features": """
        {"features": {
          "ghcr.io/devcontainers/features/azure-cli:1": {"installBicep": true, "version": "2.52.0"},
          "ghcr.io/devcontainers/features/github-cli:1": {"version": "latest"}
        }}
    """,
    "WeAreRetail/terraform-provider-mssqlpermissions:.devcontainer/devcontainer.json a path": """
        {"remoteEnv": {"PATH": "${containerEnv:PATH}:/workspace/bin"}, "remoteUser": "vscode"}
    """,
    "hackmdio/codimd:.devcontainer/devcontainer.json a shell": """
        {"settings": {"terminal.integrated.shell.linux": "/bin/zsh"}}
    """,
    "patr-cloud/patr:.devcontainer/devcontainer.json ports of services": """
        {"forwardPorts": [3000, 5432, 6379, 8201]}
    """,
    "lobsters/lobsters:.devcontainer/devcontainer.json a label": """
        {"portsAttributes": {"3000": {"label": "lobby", "onAutoForward": "notify"}}}
    """,
    "croblesm/library-dab:.devcontainer/devcontainer.json a version": """
        {"features": {"ghcr.io/devcontainers/features/docker-outside-of-docker:1": {"version": "10.2.0.1"}}}
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    ".devcontainer/devcontainer.json SQLTools below customizations": """
        {"customizations": {"vscode": {"settings": {"sqltools.connections": [
          {"name": "db", "password": "Sandm4nn"} ~~> hardcoded-credential
        ]}}}}
    """,
    ".devcontainer/devcontainer.json variables of the container": """
        {"containerEnv": {
          "POSTGRES_PASSWORD": "Olymp1a-puppe", ~~> hardcoded-credential
          "POSTGRES_USER": "postgres" ~~> hardcoded-username
        }}
    """,
    ".devcontainer/devcontainer.json variables of the editor": """
        {
          "remoteEnv": {
            "ASPNETCORE_Kestrel__Certificates__Default__Password": "Coppel1us" ~~> hardcoded-credential
          }
        }
    """,
    ".devcontainer/devcontainer.json options of the engine": """
        {"runArgs": ["-e", "DB_PASSWORD=Nath4nael", "--network=host"]} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json a database in one": """
        {"remoteEnv": {"DATABASE_URL": "postgres://app:Cl4ra-rose@localhost:5432/app"}} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json a command after the start": """
        {"postCreateCommand": "mysql -h db -u root --password=Spal4nzani < init.sql"} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json a command by parts": """
        {"postStartCommand": ["psql", "postgres://app:Automat3n@db/app", "-", "init.sql"]} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json several commands": """
        {"postAttachCommand": {"db": "PGPASSWORD=Serap1on psql -h db -U app"}} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json a token": """
        {"remoteEnv": {"GITHUB_TOKEN": "f81c03e97d52ba46e0a9"}} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json a feature's option": """
        {"features": {"ghcr.io/x/mysql:1": {"rootPassword": "Archiv4rius"}}} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json a key": """
        {"containerEnv": {"STORAGE_ACCESS_KEY": "f81c03e97d52ba46e0a9"}} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json an argument of the image": """
        {"build": {"args": {"SA_PASSWORD": "L1ndhorst!"}}} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json MongoDB for VS Code": """
        {"mdb.presetConnections": [{"connectionString": "mongodb://root:Serpent1na@localhost:27017"}]} ~~> hardcoded-credential
    """,
    ".devcontainer.json at the top": """
        {"remoteEnv": {"JWT_SECRET": "a81f03e75c29d4b6"}} ~~> hardcoded-credential
    """,
    ".devcontainer/python/devcontainer.json one of several": """
        {"remoteEnv": {"REDIS_PASSWORD": "Veron1ka-h"}} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json a header": """
        {"rest-client.defaultHeaders": {"Authorization": "Basic YWRtaW46SGVlcmJyYW5kMQ=="}} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json with a byte order mark of its own": """
        {"containerEnv": {"MYSQL_ROOT_PASSWORD": "Ans3lmus"}} ~~> hardcoded-credential
    """,
    ".devcontainer/devcontainer.json a command without any": """
        {"postAttachCommand": {"server": "streamlit run src/APP.py --server.enableCORS false"}, "forwardPorts": [8501]}
    """,
    "src/postgres-own/.devcontainer/devcontainer.json an address of the editor": """
        {"remoteEnv": {"DB_HOST": "localhost", "REDIS_URL": "redis://localhost:6379"}}
    """,
    ".devcontainer/devcontainer.json what stands for a value": """
        {"remoteEnv": {"API_KEY": "<your key>", "DB_PASSWORD": "changeme-please..."}}
    """,
    ".devcontainer/devcontainer.json an empty value": '{"remoteEnv": {"DB_PASSWORD": "", "TOKEN": ""}}',
    ".devcontainer/devcontainer.json secrets that are described": """
        {"secrets": {"OPENAI_API_KEY": {"description": "The key of OpenAI", "documentationUrl": "https://openai.com"}}}
    """,
    ".devcontainer/devcontainer.json an option of the engine": """
        {"runArgs": ["--init", "--add-host=host.docker.internal:host-gateway", "--env-file", ".devcontainer/.env"]}
    """,
    ".devcontainer/devcontainer.json needs": '{"hostRequirements": {"cpus": 4, "memory": "8gb"}}',
    "devcontainer.json ports": """
        {"forwardPorts": [5000, 5432], "portsAttributes": {"5432": {"label": "PostgreSQL port"}}}
    """,
    "devcontainer.json variables of this machine": """
        {"remoteEnv": {
          "APP_GITHUB__CLIENT_SECRET": "${localEnv:GH_CLIENT_SECRET}",
          "GITHUB_TOKEN": "${localEnv:GITHUB_TOKEN:}",
          "PATH": "${containerEnv:PATH}:/custom/bin"
        }}
    """,
    "devcontainer.json features": """
        {"features": {"ghcr.io/devcontainers/features/github-cli:1": {}, "ghcr.io/x/dokku-cli:latest": {}}}
    """,
    "devcontainer.json mounts": """
        {"mounts": ["source=${env:HOME}/.ssh,target=/home/vscode/.ssh,type=bind"]}
    """,
    "devcontainer.json who asks": '{"settings": {"sqltools.connections": [{"askForPassword": true}]}}',
    "devcontainer.json a user of the container": '{"remoteUser": "vscode", "containerUser": "vscode"}',
    "devcontainer.json a version": '{"features": {"ghcr.io/devcontainers/features/node:1": {"version": "10.2.0.1"}}}',
    "devcontainer.json a setting of the editor": """
        {"settings": {"terminal.integrated.shell.linux": "/bin/bash", "git.credential.helper": "store"}}
    """,
    "devcontainer.json a folder of this container": """
        {"remoteEnv": {"PYTHONPATH": "${containerWorkspaceFolder}/src"}}
    """,
}
