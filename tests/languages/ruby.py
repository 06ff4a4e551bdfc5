"""Ruby."""

HITS = {
    "sidekiq/sidekiq:myapp/config/initializers/secret_token.rb a secret": """
        Myapp::Application.config.secret_token = "bdd335500c81ba1f279f9dd8198d1f33" ~~> hardcoded-credential
    """,
    "lobsters/lobsters:db/migrate/20260219183300_create_system_user.rb keyword arguments": """
        User.create!(username: "system", email: "system@example.com", password: "Siebenm3ilen") ~~> hardcoded-username hardcoded-credential
    """,
    "huginn/huginn:app/models/agents/jabber_agent.rb options by default": """
        'jabber_server' => '127.0.0.1', ~~> hardcoded-host
        'jabber_port' => '5222', ~~> hardcoded-port
    """,
    "huginn/huginn:app/models/agents/jabber_agent.rb or, as an argument": """
        sender.connect(interpolated['jabber_server'], interpolated['jabber_port'] || '5222') ~~> fallback-value
    """,
    "chatwoot/chatwoot:lib/redis/config.rb an address with a default": """
        url: ENV.fetch('REDIS_URL', 'redis://127.0.0.1:6380'), ~~> fallback-value
    """,
    "chatwoot/chatwoot:config/database.yml a host in a template": """
        default: &default
          adapter: postgresql
          host: <%= ENV.fetch('POSTGRES_HOST', 'localhost') %> ~~> fallback-value
    """,
    "chatwoot/chatwoot:config/database.yml a port beside its host, in templates": """
        host: <%= ENV.fetch('POSTGRES_HOST', 'localhost') %> ~~> fallback-value
        port: <%= ENV.fetch('POSTGRES_PORT', '5433') %> ~~> fallback-value
    """,
    "chatwoot/chatwoot:config/database.yml a user in a template in quotes": """
        username: "<%= ENV.fetch('POSTGRES_USERNAME', 'steward') %>" ~~> hardcoded-username
    """,
    "chatwoot/chatwoot:config/database.yml a password in a template in quotes": """
        password: "<%= ENV.fetch('POSTGRES_PASSWORD', 'K0rbflechter') %>" ~~> fallback-value
    """,
    "mastodon/mastodon:lib/mastodon/redis_configuration.rb defaults by name": """
        DEFAULTS = {
          host: 'localhost', ~~> hardcoded-host
          port: 6380, ~~> hardcoded-port
          db: 0,
        }.freeze
    """,
    "mastodon/mastodon:config/database.yml or, of a host": """
        host: <%= ENV['DB_HOST'] || 'localhost' %> ~~> fallback-value
    """,
    "mastodon/mastodon:config/database.yml or, of a user": """
        username: <%= ENV['DB_USER'] || 'steward' %> ~~> hardcoded-username
    """,
    "lobsters/lobsters:config/cable.yml a store of production": """
        production:
          adapter: redis
          url: redis://localhost:6380/1 ~~> hardcoded-url
    """,
    "lobsters/lobsters:config/initializers/email.rb a host of mail": """
        address: ENV.fetch("SMTP_HOST", "127.0.0.1"), ~~> fallback-value
    """,
    "chatwoot/chatwoot:config/database.yml a password of production": """
        production:
          <<: *default
          password: "<%= ENV.fetch('POSTGRES_PASSWORD', 'k0rbmacher_prod') %>" ~~> fallback-value
    """,
    "maybe-finance/maybe:config/database.yml blocks in a template": """
        host: <%= ENV.fetch("DB_HOST") { "127.0.0.1" } %> ~~> fallback-value
        port: <%= ENV.fetch("DB_PORT") { "5433" } %> ~~> fallback-value
    """,
    "chatwoot/chatwoot:config/cable.yml an address in a template": """
        default: &default
          adapter: redis
          url: <%= ENV.fetch('REDIS_URL', 'redis://127.0.0.1:6380') %> ~~> fallback-value
    """,
    "lobsters/lobsters:config/initializers/email.rb the default of a host": """
        address: ENV.fetch("SMTP_HOST", "10.71.0.4"), ~~> fallback-value
    """,
    "sidekiq/sidekiq:test/redis_connection_test.rb a sentinel": """
        {host: "sentinel1", port: 26379, password: "W4chturm-nord"}, ~~> hardcoded-credential
    """,
    "ankane/blazer:test/adapters/cassandra_test.rb a list of hosts": """
        cluster = Cassandra.cluster(hosts: ["10.74.0.8"]) ~~> hardcoded-host
    """,
    "ankane/blazer:test/adapters/influxdb_test.rb a client": """
        client = InfluxDB::Client.new(url: "http://10.74.0.9:8086/ledger") ~~> hardcoded-url
    """,
    "sidekiq/sidekiq:test/redis_connection_test.rb a URL of sentinels": """
        url: "rediss://steward:W4chturm-sued@harbour", ~~> hardcoded-credential
    """,
}

MISSES = {
    "huginn/huginn:config/environments/test.rb our own address in mail": """
        config.action_mailer.default_url_options = { host: ENV['DOMAIN'] || 'localhost' }
    """,
    "lobsters/lobsters:config/environments/development.rb our own address in parts": """
        config.action_mailer.default_url_options = {
          host: "localhost",
          port: 3000
        }
    """,
    "ankane/blazer:app/controllers/blazer/base_controller.rb read from the environment": """
        http_basic_authenticate_with name: ENV["BLAZER_USERNAME"], password: ENV["BLAZER_PASSWORD"]
    """,
    "lobsters/lobsters:extras/diff_bot.rb credentials of Rails": """
        db_url = "#{DIFFBOT_API_URL}?token=#{Rails.application.credentials.diffbot.api_key}&url=#{CGI.escape(story.url)}"
    """,
    "lobsters/lobsters:config/initializers/rack_attack.rb a test for this machine": """
        Rack::Attack.safelist("localhost") do |req|
          req.ip == "127.0.0.1" || req.ip == "::1"
        end
    """,
    "lobsters/lobsters:app/models/user.rb names of settings": """
        s.string :totp_secret
        s.string :mastodon_oauth_token
    """,
    "lobsters/lobsters:config/initializers/filter_parameter_logging.rb names that are left out of logs": """
        Rails.application.config.filter_parameters += [
          :password, :passw, :secret, :token, :_key,
        ]
    """,
    "lobsters/lobsters:app/controllers/login_controller.rb a parameter": """
        if params[:password].to_s.bytesize > 72
          raise LoginFailedError, "Password is too long"
        end
    """,
    "lobsters/lobsters:app/models/story.rb a message": 'errors.add(:url, "is not valid") unless url.match(Utils::URL_RE)',
    "lobsters/lobsters:config/sitemap.rb a page of the web": 'SitemapGenerator::Sitemap.default_host = "https://lobste.rs"',
    "lobsters/lobsters:app/views/login/index.html.erb a form": """
        <%= f.password_field :password, :size => 30, autocomplete: "current-password" %>
        <%= link_to "Reset your password", forgot_password_path %>
    """,
    "sidekiq/sidekiq:lib/sidekiq/job/iterable.rb a key of a cache": 'iteration_key = "it-#{jid}"',
    "gothinkster/rails-realworld-example-app:config/environments/production.rb a comment of Rails": """
        # config.action_controller.asset_host = 'http://assets.example.com'
    """,
    "ankane/blazer:lib/blazer/adapters/presto_adapter.rb interpolated": 'server: "#{uri.host}:#{uri.port}",',
    "ankane/blazer:lib/blazer/engine.rb from settings": """
        Blazer.slack_webhook_url = Blazer.settings["slack_webhook_url"] || ENV["BLAZER_SLACK_WEBHOOK_URL"]
    """,
    "sidekiq/sidekiq:lib/sidekiq/web/application.rb an endpoint that is ours": 'get "/api/token/:key" do',
    "lobsters/lobsters:app/models/user.rb a validation": """
        validates :password_digest, length: {maximum: 80}
    """,
    "gothinkster/rails-realworld-example-app:db/migrate/20160712045707_devise_create_users.rb columns": """
        t.string :encrypted_password, null: false, default: ""
        t.string :reset_password_token
    """,
    "ankane/blazer:app/controllers/blazer/base_controller.rb a password of the environment": """
        http_basic_authenticate_with name: ENV["BLAZER_USERNAME"], password: ENV["BLAZER_PASSWORD"]
    """,
    "lobsters/lobsters:config/initializers/email.rb no default": """
        password: ENV.fetch("SMTP_PASSWORD", nil)
    """,
    "gothinkster/rails-realworld-example-app:app/controllers/users_controller.rb parameters": """
        params.require(:user).permit(:username, :email, :password)
    """,
    "huginn/huginn:app/models/service.rb a grant of OAuth": """
        grant_type: 'refresh_token',
        client_secret: oauth_secret,
    """,
    "lobsters/lobsters:app/models/mastodon_app.rb an error": """
        errors.add :base, "The instance returned no client_id and client_secret"
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    "config/initializers/devise.rb in a block": """
        Devise.setup do |config|
          config.secret_key = 'b8008800973c064ef11a8e1a7477c983f7526dc8' ~~> hardcoded-credential
          config.pepper = '51c0e8f7a2d94b36' ~~> hardcoded-credential
        end
    """,
    "config/initializers/email.rb fetch with a default": """
        ActionMailer::Base.smtp_settings = {
          address: ENV.fetch("SMTP_HOST", "127.0.0.1"), ~~> fallback-value
          password: ENV.fetch("SMTP_PASSWORD", "Schild-buerg3r"), ~~> fallback-value
        }
    """,
    "config/initializers/sidekiq.rb fetch with a block": """
        url = ENV.fetch("REDIS_URL") { "redis://10.70.0.2:6379/1" } ~~> fallback-value
    """,
    "lib/cassandra_adapter.rb hosts": """
        cluster = Cassandra.cluster(hosts: ["10.71.0.2"], password: "Muell3rbursche") ~~> hardcoded-host hardcoded-credential
    """,
    "lib/influxdb_adapter.rb a client": """
        client = InfluxDB::Client.new(url: "http://localhost:8086/blazer") ~~> hardcoded-url
    """,
    "config/environments/production.rb settings of mail": """
        config.action_mailer.smtp_settings = {
          :address   => "10.72.0.1", ~~> hardcoded-host
          :user_name => "mailer", ~~> hardcoded-username
          :password  => "Jorinde-und-j0ringel", ~~> hardcoded-credential
        }
    """,
    "lib/mastodon.rb a constant": """
        MASTODON_TOKEN = "a81f03e75c29d4b6".freeze ~~> hardcoded-credential
        API_URL = "http://10.72.0.9:3000/api" ~~> hardcoded-url
    """,
    "lib/pushover.rb a request": """
        res = Net::HTTP.get(URI("http://10.72.0.8:8080/push")) ~~> hardcoded-url
    """,
    "config/app.rb configuration of a pool": """
        Sidekiq.configure_client do |config|
          config.redis = {url: "redis://:Sterntaler-11@10.73.0.2:6379/0", size: 1} ~~> hardcoded-credential
        end
    """,
    "config/database.yml Rails' database": """
        production:
          adapter: postgresql
          host: <%= ENV.fetch("DB_HOST", "10.75.0.1") %> ~~> fallback-value
          password: "Knoblauch-br0t" ~~> hardcoded-credential
    """,
    "app/models/mqtt_agent.rb an address with a password": """
        'uri' => 'mqtts://feeder:Klabaut3r@10.74.0.8:8883', ~~> hardcoded-credential
    """,
    "config/cable.yml a block in a template": """
        production:
          url: <%= ENV.fetch("REDIS_URL") { "redis://localhost:6379/1" } %> ~~> fallback-value
    """,
    "config/app.rb set unless it is set": """
        ENV["REDIS_URL"] ||= "redis://10.70.0.3:6379/0" ~~> fallback-value
    """,
    "config/app.rb or": """
        host = ENV["BLAZER_HOST"] || "10.70.0.4" ~~> fallback-value
        password = ENV["BLAZER_PASSWORD"] || "Gevatt3r-tod" ~~> fallback-value
    """,
    "config/app.rb Mysql2": """
        client = Mysql2::Client.new(host: "10.71.0.4", username: "app", password: "Daum3sdick", port: 3307) ~~> hardcoded-host hardcoded-username hardcoded-credential hardcoded-port
    """,
    "config/app.rb PG": """
        conn = PG.connect("postgres://app:Allerlei-rauh1@10.71.0.5/blazer") ~~> hardcoded-credential
    """,
    "config/app.rb a list of hosts": """
        sentinels: [{host: "10.73.0.3", port: 26379, password: "Br3mer"}], ~~> hardcoded-host hardcoded-port hardcoded-credential
    """,
    "config/app.rb a heredoc": """
        sql = <<~SQL
          CREATE USER forem WITH PASSWORD 'Hasch3l-und'; ~~> hardcoded-credential
        SQL
    """,
    "config/app.rb interpolated": """
        URL = "http://10.74.0.2:9200/#{index}" ~~> hardcoded-url
    """,
    "config/app.rb of a controller": """
        http_basic_authenticate_with name: "admin", password: "Hexenh4us" ~~> hardcoded-credential
    """,
    "config/app.rb placeholder of a form": 'f.text_field :api_key, placeholder: "your_api_key_here"',
    "sponge.rb networks that are refused": """
        NETWORKS = ["10.0.0.0/8", "127.0.0.0/8", "192.168.0.0/16"]
    """,
    "redis_connection.rb a comment": """
        # MY_REDIS_URL=redis://hostname.example.com:1238/4
        raise ArgumentError, "set REDIS_PROVIDER to the name of the variable, not redis://localhost:6379"
    """,
    "puma.rb our own listener": """
        port ENV.fetch("PORT", 3000)
        bind "tcp://0.0.0.0:9292"
        bind "unix:///tmp/puma.sock"
    """,
    "user.rb a validation": """
        validates :password, length: { minimum: 8 }, confirmation: true
    """,
    "schema.rb a column": """
        t.string :encrypted_password, null: false, default: ""
        t.string :reset_password_token
    """,
    "database.yml Rails' database without a host": """
        default: &default
          adapter: sqlite3
          password: <%= ENV["DATABASE_PASSWORD"] %>
    """,
    "database.yml an empty alternative in a template": """
        host: <%= ENV["DATABASE_HOST"] || "10.74.0.7" %> ~~> fallback-value
    """,
    "email.rb a port with its host": """
        address: ENV.fetch("SMTP_HOST", "127.0.0.1"), ~~> fallback-value
        port: Integer(ENV.fetch("SMTP_PORT", 2525)), ~~> fallback-value
    """,
    "database.yml or, of a password": """
        password: <%= ENV['DATABASE_PASSWORD'] || "DEV-Kal3idosk0pwAld" %> ~~> fallback-value
    """,
    "database.yml or, of a port": """
        host: <%= ENV['DATABASE_HOST'] || "localhost" %> ~~> fallback-value
        port: <%= ENV['DATABASE_PORT'] || "5401" %> ~~> fallback-value
    """,
}
