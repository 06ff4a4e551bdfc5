"""PHP."""

HITS = {
    "samuelswandi/IF3110-WBD-Tubes-1:config.php constants": """
        <?php
        define('DB_SERVER', '127.0.0.1'); ~~> hardcoded-host
        define('DB_PASSWORD', 'Ruebez4hl'); ~~> hardcoded-credential
    """,
    "bmohor/dockerCompose:docdoc/srcs/requirements/wordpress/tools/wp-config.php WordPress": """
        define( 'DB_USER', 'wordpress' ); ~~> hardcoded-username
        define( 'DB_PASSWORD', 'Wichtel-maenn3r' ); ~~> hardcoded-credential
        define( 'AUTH_KEY', 'k5#Q9z-1m@x-W7v!e8Tr^pL2' ); ~~> hardcoded-credential
    """,
    "rabbitmq/rabbitmq-tutorials:php/new_task.php host, port, user, password": """
        $connection = new AMQPStreamConnection('10.62.0.2', 5672, 'guest', 'guest'); ~~> hardcoded-credential hardcoded-host hardcoded-port
    """,
    "rabbitmq/rabbitmq-tutorials:php-amqp/rpc_client.php setters": """
        $connection = new AMQPConnection();
        $connection->setHost('10.62.0.3'); ~~> hardcoded-host
    """,
    "francescomalatesta/laravel-api-boilerplate-jwt:config/cache.php Laravel's default": """
        'host' => env('MEMCACHED_HOST', '127.0.0.1'), ~~> fallback-value
    """,
    "bagisto/bagisto:config/database.php several defaults": """
        'mysql' => [
            'driver' => 'mysql',
            'host' => env('DB_HOST', '10.63.0.2'), ~~> fallback-value
            'password' => env('DB_PASSWORD', 'Mumm3l-see'), ~~> fallback-value
        ],
    """,
    "monicahq/monica:config/debugbar.php a setting": """
        'hostname' => '127.0.0.1', // only with the driver "socket" ~~> hardcoded-host
    """,
    "php-amqplib/php-amqplib:PhpAmqpLib/Connection/AMQPConnectionConfig.php properties": """
        private $host = '10.66.0.9'; ~~> hardcoded-host
        private $password = 'Gaest3zimmer'; ~~> hardcoded-credential
    """,
    "php-amqplib/php-amqplib:PhpAmqpLib/Connection/AMQPConnectionConfig.php a property that is a number": """
        private $host = '127.0.0.1'; ~~> hardcoded-host
        private $port = 5672; ~~> hardcoded-port
    """,
    "php-amqplib/php-amqplib:demo/basic_return.php positions of a constructor": """
        $connection = new AMQPStreamConnection('localhost', 5672, 'guest', 'guest'); ~~> hardcoded-credential hardcoded-host hardcoded-port
    """,
    "koel/koel:config/database.php a default of a database": """
        'host' => env('DB_HOST', '127.0.0.1'), ~~> fallback-value
    """,
    "roots/bedrock:config/application.php a default behind Elvis": """
        Config::define('DB_HOST', env('DB_HOST') ?: '10.60.0.4'); ~~> fallback-value
    """,
    "3S-Digital-Agency/omnex:backend/app/Support/Streams/RedisStreamBroker.php null coalescing": """
        'host' => $connection['host'] ?? '10.64.0.1', ~~> fallback-value
    """,
    "koel/koel:tests/Feature/KoelPlus/ChangePasswordTest.php hashed at once": """
        'password' => Hash::make('Undine-1m-bach'), ~~> hardcoded-credential
    """,
    "bagisto/bagisto:packages/Webkul/Installer/src/Helpers/DatabaseManager.php a constant with its type": """
        const string DEFAULT_ADMIN_PASSWORD = 'Rotkaepp-ch3n'; ~~> hardcoded-credential
    """,
    "php-amqplib/php-amqplib:PhpAmqpLib/Connection/AMQPConnectionConfig.php defaults of a class": """
        private $host = '10.64.0.2'; ~~> hardcoded-host
        private $user = 'steward'; ~~> hardcoded-username
        private $password = 'Siebenschl4efer'; ~~> hardcoded-credential
    """,
    "koel/koel:tests/Feature/AlbumInformationTest.php a setting by path": """
        config(['koel.services.lastfm.secret' => 'd41c8f0e9b274a53']); ~~> hardcoded-credential
    """,
    "3AG-App/3AG-App:config/app.php the address of the application": """
        'url' => env('APP_URL', 'http://localhost:8084'), ~~> fallback-value
    """,
    "nmn08/tripcalculatorv2:config.php variables of a connection": """
        <?php
        $host = 'trips.cbetxkdyhwsb.us-east-1.rds.amazonaws.com'; ~~> hardcoded-host
        $user = 'steward'; ~~> hardcoded-username
        $password = 'he1nzel4maennchen'; ~~> hardcoded-credential
        $mysqli = new mysqli($host, $user, $password, $database, $port);
    """,
    "BookStackApp/BookStack:tests/Auth/SocialAuthTest.php settings of another": """
        config(['GOOGLE_APP_ID' => 'abc123', 'GOOGLE_APP_SECRET' => '9c4e1b7d']); ~~> hardcoded-credential
    """,
}

MISSES = {
    "zamix/test:wp-config.php what stands for a value": """
        define('DB_PASSWORD', 'your_database_password');
        define('AUTH_KEY', 'your_auth_key');
    """,
    "roots/bedrock:config/application.php read from the environment": """
        Config::define('DB_PASSWORD', env('DB_PASSWORD'));
        Config::define('DB_HOST', $dsn->host);
        Config::define('WP_SITEURL', env('WP_SITEURL'));
    """,
    "BookStackApp/BookStack:app/Activity/ActivityType.php an event": "const AUTH_PASSWORD_RESET = 'auth_password_reset_request';",
    "koel/koel:app/Models/User.php names of columns": """
        protected array $auditExclude = ['password', 'remember_token', 'invitation_token'];
    """,
    "francescomalatesta/laravel-api-boilerplate-jwt:config/boilerplate.php rules that validate": """
        'validation_rules' => [
            'password' => 'required|min:8',
            'token' => 'required'
        ]
    """,
    "francescomalatesta/laravel-api-boilerplate-jwt:app/User.php hashed later": """
        $this->attributes['password'] = Hash::make($value);
    """,
    "koel/koel:app/Console/Commands/InitCommand.php what a person may choose": """
        $config['DB_HOST'] = $this->anticipate('DB host', ['127.0.0.1', 'localhost']);
    """,
    "koel/koel:app/Http/Controllers/API/ChangePasswordController.php a message": """
        ValidationException::withMessages(['current_password' => 'Invalid current password']),
    """,
    "monicahq/monica:lang/ro/passwords.php a translation": """
        'token' => 'Cheia de resetare este gresita.',
    """,
    "bagisto/bagisto:packages/Webkul/Attribute/src/Enums/ValidationEnum.php a kind": "case URL = 'url';",
    "BookStackApp/BookStack:app/Config/services.php false by default": """
        'client_secret' => env('GITHUB_APP_SECRET', false),
        'redirect' => env('APP_URL') . '/login/service/github/callback',
    """,
    "francescomalatesta/laravel-api-boilerplate-jwt:routes/api.php a route": """
        $api->post('recovery', 'App\\\\Api\\\\V1\\\\Controllers\\\\ForgotPasswordController@sendResetEmail');
    """,
    "koel/koel:config/broadcasting.php somebody else's host": """
        'host' => env('PUSHER_HOST') ?: 'api-' . env('PUSHER_APP_CLUSTER', 'mt1') . '.pusher.com',
    """,
    "monicahq/monica:app/Http/Middleware/AuthenticateWithTokenOnBasicAuth.php a comment": """
        /**
         *   curl -u "email@example.com:$TOKEN" -X PROPFIND https://localhost/dav/
         */
    """,
    "koel/koel:app/Services/Auth/TokenManager.php a key of a cache": """
        $audioToken = Cache::get("app.composite-tokens.$plainTextApiToken");
    """,
    "bagisto/bagisto:config/cors.php origins that may ask": "'allowed_origins' => ['http://localhost:3000'],",
    "woocommerce/woocommerce-gateway-stripe:includes/class-wc-stripe-api.php an address of everybody": """
        const ENDPOINT = 'https://api.stripe.com/v1/';
    """,
    "koel/koel:app/Helpers.php a variable of the environment": """
        $path = getenv('PATH');
    """,
    "3AG-App/3AG-App:app/Models/User.php how a column is kept": """
        'password' => 'hashed',
    """,
    "3S-Digital-Agency/omnex:backend/database/migrations/2024_01_01_000016_create_social_accounts_table.php a column": """
        $table->text('refresh_token')->nullable();
    """,
    "BookStackApp/BookStack:resources/views/auth/passwords/reset.blade.php a view": """
        <input type="hidden" name="token" value="{{ $token }}">
    """,
    "3AG-App/3AG-App:app/Http/Requests/Auth/LoginRequest.php what is validated": """
        'password' => ['required', 'string', 'min:12'],
    """,
    "Granules-de-Bois-Picard/api:app/Repositories/UserRepository.php hashed from the request": """
        'password' => bcrypt($request->validated()['password']),
    """,
    "bagisto/bagisto:config/sanctum.php who may ask with a cookie": """
        'stateful' => explode(',', env('SANCTUM_STATEFUL_DOMAINS', sprintf(
            '%s%s',
            'localhost,localhost:3001,127.0.0.1,127.0.0.1:8001,::1',
            Sanctum::currentApplicationUrlWithPort()
        ))),
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    "config.php PDO": """
        $pdo = new PDO('mysql:host=10.61.0.4;dbname=dairy', 'dairy', 'Klab4uter'); ~~> hardcoded-url hardcoded-credential
    """,
    "config.php a property": """
        private string $apiToken = 'pk-51f8e0c97ab24d63'; ~~> hardcoded-credential
        protected $endpoint = 'http://10.65.0.2:8080/v1'; ~~> hardcoded-url
    """,
    "config.php a request": """
        $response = Http::withToken('7c1f09e25ba84d3f')->get('http://10.65.0.9:4533/rest'); ~~> hardcoded-credential hardcoded-url
    """,
    "config.php options of curl": """
        $ch = curl_init('http://10.66.0.3:9200/_search'); ~~> hardcoded-url
        curl_setopt($ch, CURLOPT_USERPWD, 'elastic:Fr0sch-prinz'); ~~> hardcoded-credential
    """,
    "config.php a heredoc": """
        $dsn = <<<DSN
        postgres://monica:Daeum-ling4@10.67.0.1:5432/monica ~~> hardcoded-credential
        DSN;
    """,
    "config.php interpolated and joined": """
        $a = "http://10.68.0.1:8000/api/{$path}"; ~~> hardcoded-url
        $b = 'http://10.68.0.1:8001/' . $path; ~~> hardcoded-url
    """,
    "config.php what is to be put in": """
        define('SECURE_AUTH_KEY',  'put your unique phrase here');
    """,
    "config.php getenv": "define( 'DB_PASSWORD', getenv('WP_DATABASE_PASSWORD') );",
    "config.php a template's holes": "define('DB_PASSWORD', '{{ wordpress_db_user_password }}');",
    "config.php a test for loopback": """
        if (in_array($_SERVER['REMOTE_ADDR'], ['127.0.0.1', '::1'])) { return true; }
    """,
    "application.php Elvis": """
        Config::define('DB_HOST', env('DB_HOST') ?: 'localhost'); ~~> fallback-value
        $password = getenv('DB_PASSWORD') ?: 'Nix3-im-teich'; ~~> fallback-value
    """,
    "services.php a key": """
        'lastfm' => ['key' => env('LASTFM_KEY'), 'secret' => 'd41c8f0e9b274a53'], ~~> hardcoded-credential
    """,
    "database.php null coalescing": """
        $redisHost = $_ENV['REDIS_HOST'] ?? '10.64.0.1'; ~~> fallback-value
    """,
    "LargeContentSeeder.php hashed at once": """
        $user->password = Hash::make('Undine-1m-bach'); ~~> hardcoded-credential
    """,
    "staging.php a class's constant": """
        const DB_PASSWORD = 'Rotkaepp-ch3n'; ~~> hardcoded-credential
        ftp_login($connection, 'deploy', 'Stiefmutter-9'); ~~> hardcoded-credential
    """,
    "User.php how a column is kept": """
        return ['password' => 'hashed', 'two_factor_secret' => 'encrypted'];
    """,
    "base.blade.php a view": """
        <link rel="manifest" href="{{ url('/manifest.json') }}">
        <input type="password" name="password" placeholder="Password">
    """,
    "2014_10_12_200000_add_two_factor_columns_to_users_table.php a column": """
        $table->text('two_factor_secret')->after('password')->nullable();
    """,
    "config.php mysqli": """
        $mysqli = new mysqli('localhost', 'root', 'He1nzel', 'trip'); ~~> hardcoded-host hardcoded-credential
    """,
    "db_inc.php mysqli, procedural": """
        $mysqli = mysqli_connect("10.61.0.3", "dairy", "Kobold-1m-keller", $schema); ~~> hardcoded-host hardcoded-credential
    """,
    "database.php an array of parameters": """
        $redis = new Predis\\Client([
            'host' => '10.66.0.4', ~~> hardcoded-host
            'password' => 'Eisen-h4ns', ~~> hardcoded-credential
        ]);
    """,
    "cache.php a default of Memcached": """
        'host' => env('MEMCACHED_HOST', '10.64.0.9'), ~~> fallback-value
    """,
}
