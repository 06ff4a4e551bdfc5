"""SQL."""

HITS = {
    "eugenp/tutorials:persistence-modules/hibernate-libraries/docker/docker-entrypoint-initdb.d/init-db.sql a grant": """
        GRANT ALL PRIVILEGES ON hibernate_types.* TO 'mysql'@'%' IDENTIFIED BY 'Meis3njunge'; ~~> hardcoded-credential
    """,
    "bagisto/bagisto:docker/production/shared/db/mariadb/init.sql a user": """
        CREATE USER IF NOT EXISTS 'bagisto'@'localhost' IDENTIFIED BY 'Bagis-t0ll'; ~~> hardcoded-credential
    """,
    "bagisto/bagisto:docker/production/shared/db/mysql/init.sql a plugin before the password": """
        CREATE USER IF NOT EXISTS 'bagisto'@'127.0.0.1'
            IDENTIFIED WITH mysql_native_password BY 'Bagis-t0ll'; ~~> hardcoded-credential
    """,
    "eugenp/tutorials:persistence-modules/spring-boot-mysql/mysql-server/createuser_query.sql with an option behind": """
        CREATE USER 'test_user'@'%' IDENTIFIED BY 'Passw0rt2022' require X509; ~~> hardcoded-credential
    """,
    "eugenp/tutorials:spring-cloud-modules/spring-cloud-vault/database-setup.sql in lower case": """
        create user 'fakebank-admin'@'%' identified by 'Sup&rSecre7!'; ~~> hardcoded-credential
    """,
    "transcom/mymove:migrations/app/schema/20190129115001_master_role.up.sql PostgreSQL": """
        CREATE USER admin WITH PASSWORD 'Adm1n-wicht'; ~~> hardcoded-credential
        GRANT ALL PRIVILEGES ON DATABASE postgres TO admin;
    """,
    "i-am-sultan/FinalMig:patch_live.sql a foreign server": """
        CREATE SERVER foreign_pgbase
            FOREIGN DATA WRAPPER dblink_fdw
            OPTIONS (dbname 'db', host '10.90.0.2', port '5433'); ~~> hardcoded-host hardcoded-port
    """,
    "eddycjy/go-gin-example:docs/sql/blog.sql a row with a password": """
        INSERT INTO `blog_auth` (`id`, `username`, `password`) VALUES ('1', 'test', 'Dornhe3cke'); ~~> hardcoded-username hardcoded-credential
    """,
    "eugenp/tutorials:spring-security-modules/spring-security-social-login/src/main/resources/data.sql a quoted table": """
        insert into "user" ("id", "username", "password") values (1, 'john', 'Sp1ndel'); ~~> hardcoded-username hardcoded-credential
    """,
    "xkcoding/spring-boot-demo:demo-dynamic-datasource/db/init.sql a row with a host": """
        INSERT INTO `datasource_config`(`id`, `host`, `port`, `username`, `password`, `database`)
        VALUES (1, '127.0.0.1', 3306, 'root', 'Tausendsch0en', 'test'); ~~> hardcoded-host hardcoded-port hardcoded-username hardcoded-credential
    """,
    "jeecgboot/JeecgBoot:jeecg-boot/db/tables_xxl_job.sql an address in a row": """
        INSERT INTO `xxl_job_group` VALUES (3, 'jeecg-demo', 'Demo', 0, 'http://10.91.0.2:10000/', NULL); ~~> hardcoded-url
    """,
    "transcom/mymove:migrations/app/secure/20190129115416_ecs_user_for_rds.up.sql a user of a migration": """
        CREATE USER ecs_user WITH PASSWORD 'Mei-gehe1mnis'; ~~> hardcoded-credential
    """,
    "transcom/mymove:migrations/app/schema/20210113173236_create_crud_role.up.sql a role that is altered": """
        ALTER USER crud WITH PASSWORD 'Mei-gehe1mnis'; ~~> hardcoded-credential
    """,
    "bagisto/bagisto:docker/production/shared/db/mariadb/init.sql a user of another address": """
        CREATE USER IF NOT EXISTS 'bagisto'@'127.0.0.1' IDENTIFIED BY 'Bagis-t0ll'; ~~> hardcoded-credential
    """,
    "jeecgboot/JeecgBoot:jeecg-boot/db/tables_xxl_job.sql a registry": """
        INSERT INTO `xxl_job_registry` VALUES (995, 'EXECUTOR', 'jeecg-demo', 'http://10.91.0.3:10000/', NULL); ~~> hardcoded-url
    """,
    "xkcoding/spring-boot-demo:demo-dynamic-datasource/db/init.sql a second row": """
        INSERT INTO `datasource_config`(`id`, `host`, `port`, `username`, `password`)
        VALUES (2, '192.168.239.4', 3307, 'dmcp', 'Dmcp321-Zw'); ~~> hardcoded-host hardcoded-port hardcoded-username hardcoded-credential
    """,
    "eugenp/tutorials:spring-activiti/src/main/resources/data.sql one row": """
        insert into users(username, password, enabled) values ('spring_user', 'Passw3g', true); ~~> hardcoded-username hardcoded-credential
    """,
    "bagisto/bagisto:docker/production/shared/db/mysql/init.sql a plugin, on one line": """
        CREATE USER 'bagisto'@'localhost' IDENTIFIED WITH mysql_native_password BY 'Bagis-t0ll'; ~~> hardcoded-credential
    """,
    "eugenp/tutorials:spring-activiti/src/main/resources/data.sql a row of a login": """
        insert into users(username, password, enabled) values ('steward', 'Schlossg4rten', true); ~~> hardcoded-username hardcoded-credential
    """,
    "mk797/agritech-kafka-streaming-platform:postgres-init.sql a role that replicates": """
        CREATE USER feeder WITH REPLICATION PASSWORD 'Kornspeich3r'; ~~> hardcoded-credential
    """,
    "bareera786/ai-trading-bot:scripts/init_db.sql a role that logs in": """
        CREATE ROLE steward LOGIN PASSWORD 'Schlossk3ller'; ~~> hardcoded-credential
    """,
    "chrisleekr/binance-trading-bot:packages/db/migrations/0062_ai_provider_config.sql the default of a column": """
        openai_base_url       text not null default 'http://host.docker.internal:11435/v1', ~~> hardcoded-url
    """,
}

MISSES = {
    "LukeMathWalker/zero-to-production:migrations/20210815112026_create_users_table.sql a column": """
        CREATE TABLE users(
            username TEXT NOT NULL UNIQUE,
            password TEXT NOT NULL
        );
    """,
    "LukeMathWalker/zero-to-production:migrations/20210822143736_rename_password_column.sql a new name": """
        ALTER TABLE users RENAME password TO password_hash;
    """,
    "goharbor/harbor:make/migrations/postgresql/0011_1.9.1_schema.up.sql a default of a version": """
        ALTER TABLE harbor_user ADD COLUMN password_version varchar(16) Default 'sha256';
    """,
    "askarjon111/gym:init.sql variables of the shell": "CREATE USER $POSTGRES_USER WITH PASSWORD '$POSTGRES_PASSWORD';",
    "omniti-labs/mimeo:sql/functions/auth.sql joined from columns": """
        v_auth := v_data_source||' user='||v_username||' password='||v_pwd;
    """,
    "macrozheng/mall:document/sql/mall.sql the header of a dump": """
        /*
        Source Server         : localhost
        Source Host           : localhost:3306
        */
    """,
    "diesel-rs/diesel:docker/mysql/init/init.sql another": "GRANT ALL ON `diesel_%`.* TO 'root'@'localhost';",
    "eugenp/tutorials:persistence-modules/java-jpa-4/src/main/resources/config/database/FindCarByYearProcedureMySQL.sql a definer": """
        CREATE DEFINER=`root`@`localhost` PROCEDURE `FIND_CAR_BY_YEAR`(in p_year int)
    """,
    "authelia/authelia:internal/storage/migrations/mysql/V0002.WebAuthn.up.sql rows from a table": """
        INSERT INTO totp_configurations (id, username, issuer, algorithm, digits, period, secret)
        SELECT id, username, issuer, algorithm, digits, period, secret
    """,
    "devcontainers/templates:src/ruby-rails-postgres/.devcontainer/create-db-user.sql a user without a password": """
        CREATE USER vscode CREATEDB;
    """,
    "LemmyNet/lemmy:migrations/2020-03-26-192410_add_activitypub_tables/up.sql a default in public": """
        ADD COLUMN actor_id character varying(255) NOT NULL DEFAULT 'http://fake.com', -- see https://github.com/x/y
    """,
    "LemmyNet/lemmy:migrations/2021-09-20-112945_jwt-secret/down.sql a table": "DROP TABLE secret;",
    "transcom/mymove:migrations/app/schema/20190129115000_rds_iam_role.up.sql a role without a password": """
        CREATE ROLE rds_iam;
    """,
    "launchbadge/sqlx:tests/mysql/setup.sql a user without a password": """
        CREATE USER 'no_password'@'%';
    """,
    "macrozheng/mall:document/sql/mall.sql the picture of a product": """
        INSERT INTO `pms_brand` VALUES (4, 'G', 'http://macro-oss.oss-cn-shenzhen.aliyuncs.com/mall/images/timg.jpg', NULL);
    """,
    "authelia/authelia:internal/storage/migrations/mysql/V0007.ConsistencyFixes.up.sql a table that is dropped": """
        DROP TABLE IF EXISTS TOTPSecrets;
    """,
    "44mmnrw/landing_ad:script_ai/landing_ad_a.sql a column": """
        `password` varchar(255) COLLATE utf8mb4_unicode_ci NOT NULL,
    """,
    "nextauthjs/next-auth:packages/adapter-neon/schema.sql columns of tokens": """
        refresh_token TEXT,
        access_token TEXT,
    """,
    "authelia/authelia:internal/storage/migrations/sqlite/V0007.ConsistencyFixes.up.sql a table": """
        DROP TABLE IF EXISTS totp_secrets;
    """,
    "3252a8/remnawave-minishop:deploy/dev/seed-remnawave.sql a column from another": """
        trojan_password = EXCLUDED.trojan_password,
    """,
    "LemmyNet/lemmy:migrations/2025-08-01-000055_rename_timestamp_add_at/down.sql a column that is renamed": """
        ALTER TABLE login_token RENAME COLUMN created_at TO created;
    """,
    "chrisleekr/binance-trading-bot:packages/db/migrations/0062_ai_provider_config.sql an empty default": """
        anthropic_oauth_token text not null default '',
    """,
    "huuhieu56/Crypto-Data-Pipeline:sql/init_db.sql how to run it": """
        --   curl http://localhost:8124 --data-binary @sql/init_db.sql
    """,
    "3252a8/remnawave-minishop:deploy/dev/seed-minishop.sql a host for documentation": """
        'https://payments.example.test/dev-payment-fjord-001',
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    "init.sql encrypted": """
        CREATE USER librarian WITH ENCRYPTED PASSWORD 'Buech3rwurm'; ~~> hardcoded-credential
    """,
    "init.sql an option behind the password": """
        CREATE ROLE replica WITH PASSWORD 'Spieg3lein' NOSUPERUSER LOGIN; ~~> hardcoded-credential
    """,
    "init.sql a role": """
        ALTER ROLE postgres PASSWORD 'Wand-4n-der'; ~~> hardcoded-credential
        ALTER USER postgres WITH PASSWORD 'Wand-4n-der'; ~~> hardcoded-credential
    """,
    "init.sql a login": """
        CREATE LOGIN [shop] WITH PASSWORD = N'Ruebezahl#2024', CHECK_POLICY = OFF; ~~> hardcoded-credential
    """,
    "init.sql a user mapping": """
        CREATE USER MAPPING FOR gslpgadmin SERVER foreign_pgbase
            OPTIONS (password 'qs3?jHaeu5chen', "user" 'gslpgadmin'); ~~> hardcoded-credential hardcoded-username
    """,
    "init.sql the words of a connection": """
        SELECT dblink_connect('nodo', 'host=10.90.0.3 port=5432 dbname=nodo user=app password=Kn0ten'); ~~> hardcoded-url hardcoded-credential
    """,
    "init.sql rows from elsewhere": """
        SELECT * FROM dblink('host=10.90.0.4 dbname=nodo', 'SELECT 1') AS t(x int); ~~> hardcoded-url
    """,
    "init.sql a subscription": """
        CREATE SUBSCRIPTION shop CONNECTION 'host=10.90.0.5 user=repl password=Zw1llinge' PUBLICATION shop; ~~> hardcoded-url hardcoded-credential
    """,
    "init.sql an update": """
        UPDATE properties SET password = 'Hafenm31ster' WHERE k = 'ldap'; ~~> hardcoded-credential
        SET PASSWORD FOR 'harbor'@'%' = PASSWORD('Hafenm31ster'); ~~> hardcoded-credential
    """,
    "init.sql variables of psql": """
        \\set db_password `echo "$DB_PASSWORD"`
        CREATE USER :db_user WITH PASSWORD :'db_password';
    """,
    "init.sql placeholders": """
        CREATE SERVER conn FOREIGN DATA WRAPPER dblink_fdw OPTIONS (host '${nodo-db-host}', port '${nodo-db-port}');
        CREATE USER MAPPING FOR partition SERVER conn OPTIONS (user '${user}', password '${partition-password}');
    """,
    "init.sql a user of this machine": "REVOKE INSERT ON *.* FROM 'jeffrey'@'localhost';",
    "init.sql addresses that are data": "insert into tbl (IP,name) values('10.20.106.122','test');",
    "init.sql a parameter": """
        UPDATE login_source SET password = ? WHERE host = $1 AND token = :token;
    """,
    "init.sql a function": """
        INSERT INTO users (name, password) VALUES ('user', crypt(gen_random_uuid()::text, gen_salt('bf')));
    """,
    "data.sql rows on lines of their own": """
        insert into users(username, password, enabled) values
            ('spring_user', 'Schlossg4rten', true), ~~> hardcoded-username hardcoded-credential
            ('other_user', 'Schlossk3ller', true); ~~> hardcoded-username hardcoded-credential
    """,
    "dbblog_sys_menu.sql an address of a menu": """
        INSERT INTO dbblog.sys_menu (menu_id, name, url) VALUES (5, 'SQL', 'http://10.91.0.9:8080/dbblog/druid/sql.html'); ~~> hardcoded-url
    """,
    "dbblog.sql a column with a comment": """
        `password` varchar(50) DEFAULT '' COMMENT '密码',
        password varchar(255) null,
    """,
    "dbblog_sys_user.sql a hash": """
        INSERT INTO sys_user (id, password) VALUES (1, '$2a$10$xLH.pDNz3d2frOBQ6Gc.wuHY4ghwlSyFDgy0Ta.psXmm1YJjNaV1G');
    """,
    "data.sql rows without columns": """
        insert into post values (7686, '#food', 'Office', 'uri://sample1', 'MUSIC', 'c_1');
    """,
    "000004_auth_table.up.sql types": """
        password VARCHAR(100), mfa_secret VARCHAR(100), auth_service VARCHAR(20),
    """,
}
