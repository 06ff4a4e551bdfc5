"""XML: Maven, Spring, Hibernate, logging, servers, and .NET's configuration."""

HITS = {
    "eugenp/tutorials:maven-modules/maven-multiple-repositories/src/main/resources/settings.xml a server of Maven": """
        <server>
          <id>nexus</id>
          <username>username</username>
          <password>Nachtw4echter</password> ~~> hardcoded-credential
        </server>
    """,
    "eugenp/tutorials:maven-modules/maven-repositories/maven-snapshot-repository/pom.xml a repository": """
        <repository>
          <url>http://localhost:8081/repository/maven-snapshots/</url> ~~> hardcoded-url
        </repository>
    """,
    "macrozheng/mall:pom.xml a property": """
        <properties>
          <docker.host>http://192.168.3.101:2375</docker.host> ~~> hardcoded-url
        </properties>
    """,
    "dromara/Sa-Token:sa-token-demo/sa-token-demo-ssm/src/main/resources/spring-redis.xml properties of a bean": """
        <bean id="connectionFactory" class="org.springframework.data.redis.JedisConnectionFactory">
          <property name="hostName" value="127.0.0.1"/> ~~> hardcoded-host
          <property name="port" value="6380"/> ~~> hardcoded-port
          <property name="password" value=""/>
        </bean>
    """,
    "eugenp/tutorials:persistence-modules/hibernate-queries/src/main/resources/META-INF/persistence.xml Jakarta": """
        <property name="jakarta.persistence.jdbc.url" value="jdbc:mysql://127.0.0.1:3306/moviecatalog"/> ~~> hardcoded-url
        <property name="jakarta.persistence.jdbc.password" value="Fr4u-holle9"/> ~~> hardcoded-credential
    """,
    "eugenp/tutorials:persistence-modules/spring-data-jpa-query/src/main/resources/fetchingLazy.cfg.xml Hibernate": """
        <property name="hibernate.connection.url">jdbc:mysql://localhost:3306/shop</property> ~~> hardcoded-url
        <property name="hibernate.connection.password">Zwergn4se</property> ~~> hardcoded-credential
    """,
    "eugenp/tutorials:persistence-modules/spring-jpa/src/main/resources/server.xml Tomcat": """
        <Resource name="jdbc/db" type="javax.sql.DataSource"
            url="jdbc:postgresql://10.95.0.2:5432/shop" ~~> hardcoded-url
            username="shop" password="Kle1ner-muck" maxActive="20"/> ~~> hardcoded-username hardcoded-credential
    """,
    "eugenp/tutorials:persistence-modules/spring-data-mongodb-2/src/main/resources/mongoConfig.xml an attribute": """
        <mongo:mongo-client id="mongoClient" host="10.95.0.3" /> ~~> hardcoded-host
    """,
    "xkcoding/spring-boot-demo:demo-graylog/src/main/resources/logback-spring.xml a host to log to": """
        <appender name="GELF" class="de.siegmar.logbackgelf.GelfUdpAppender">
          <graylogHost>10.95.0.4</graylogHost> ~~> hardcoded-host
          <graylogPort>12201</graylogPort> ~~> hardcoded-port
        </appender>
    """,
    "macrozheng/mall:mall-common/src/main/resources/logback-spring.xml a default": """
        <springProperty name="LOG_STASH_HOST" scope="context" source="logstash.host" defaultValue="10.95.0.5"/> ~~> fallback-value
    """,
    "eugenp/tutorials:spring-boot-modules/spring-boot-logging-loki/src/main/resources/logback-spring.xml an address": """
        <url>http://localhost:3101/loki/api/v1/push</url> ~~> hardcoded-url
    """,
    "eugenp/tutorials:spring-boot-modules/spring-boot-logging-log4j2/src/main/resources/log4j2-spring.xml a host": """
        <Syslog name="Syslog" format="RFC5424" host="10.95.0.6" port="514" protocol="TCP"/> ~~> hardcoded-host
    """,
    "eugenp/tutorials:apache-cxf-modules/cxf-spring/pom.xml a host name in a property": """
        <cargo.hostname>10.95.0.8</cargo.hostname> ~~> hardcoded-host
    """,
    "BookStackApp/BookStack:phpunit.xml variables of PHP": """
        <server name="GITHUB_APP_SECRET" value="3f1c9a72e05d48b6"/> ~~> hardcoded-credential
        <server name="GITHUB_APP_SECRET" value="9c4e1b7da0f25836"/> ~~> hardcoded-credential
    """,
    "eugenp/tutorials:spring-security-modules/spring-security-web-boot-2/src/main/resources/spring-security-multiple-entry.xml a user": """
        <security:user name="admin" password="{noop}Lil1put" authorities="ROLE_ADMIN"/> ~~> hardcoded-credential
    """,
    "eugenp/tutorials:spring-integration/src/main/resources/META-INF/spring/integration/spring-integration-context.xml a host of a bean": """
        <property name="host" value="10.95.1.2" /> ~~> hardcoded-host
    """,
    "eugenp/tutorials:jhipster-8-modules/jhipster-8-monolithic/pom.xml an address of a plugin": """
        <liquibase-plugin.url>jdbc:h2:tcp://localhost:18080/mem:jhipster8Monolithic</liquibase-plugin.url> ~~> hardcoded-url
    """,
    "eugenp/tutorials:logging-modules/splunk-with-log4j2/src/main/resources/log4j2-spring.xml attributes of an appender": """
        <SplunkHttp name="splunkhttp"
          url="http://localhost:8089" ~~> hardcoded-url
          token="6f0d2c91-4b7e-4c1a-9a53-d8e27f160b34" ~~> hardcoded-credential
        />
    """,
    "oss-know/airflow-jobs:docker/clickhouse/CH/configuration/ch-cluster-0-0/users.xml a user of a store": """
        <password>Eichk4tz-im-baum</password> ~~> hardcoded-credential
    """,
    "eugenp/tutorials:core-java-modules/core-java-11-2/pom.xml an element that ends with Url": """
        <wsdlUrl>http://localhost:8889/ws/country?wsdl</wsdlUrl> ~~> hardcoded-url
    """,
    "eugenp/tutorials:persistence-modules/hibernate-enterprise/src/main/resources/hibernate.cfg.xml a user": """
        <property name="connection.username">steward</property> ~~> hardcoded-username
    """,
    "3S-Digital-Agency/omnex:backend/phpunit.xml addresses of tests": """
        <env name="APP_URL" value="http://localhost:8004"/> ~~> hardcoded-url
    """,
}

MISSES = {
    "eugenp/tutorials:maven-modules/maven-proxy/proxy/settings.xml what Maven has encrypted": """
        <password>{U2iMf+7aJXQHRquuQq6MX+n7GOeh97zB9/4e7kkEQYs=}</password>
    """,
    "eugenp/tutorials:persistence-modules/jooq/src/test/resources/jooq-config-2.xml no password": """
        <user>sa</user>
        <password></password>
    """,
    "2halfone/spring-micro:gateway-service/pom.xml namespaces": """
        <project xmlns="http://maven.apache.org/POM/4.0.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xsi:schemaLocation="http://maven.apache.org/POM/4.0.0 http://maven.apache.org/xsd/maven-4.0.0.xsd">
    """,
    "eugenp/tutorials:server-modules/apache-tomcat/sso/res/conf/server.xml our own server": """
        <Engine name="Catalina" defaultHost="localhost">
          <Host name="localhost" appBase="webapps" unpackWARs="true"/>
        </Engine>
        <Server port="8005" shutdown="SHUTDOWN">
        <Connector port="8080" protocol="HTTP/1.1" connectionTimeout="20000"/>
    """,
    "jeecgboot/JeecgBoot:jeecg-boot/jeecg-server-cloud/jeecg-visual/jeecg-cloud-xxljob/src/main/resources/mapper/framework/XxlJobUserMapper.xml a statement": """
        <if test="password != null and password != ''">
          password = #{password},
        </if>
    """,
    "dromara/Sa-Token:sa-token-plugin/pom.xml names of modules": """
        <module>sa-token-apikey</module>
        <artifactId>sa-token-jwt</artifactId>
        <description>sa-token-secret</description>
    """,
    "dotnet-architecture/eShopOnWeb:src/Web/Web.csproj where secrets are kept": """
        <UserSecretsId>aspnet-Web2-1FA3F72E-E7E3-4360-9E49-1CCCD7FE85F7</UserSecretsId>
    """,
    "mattermost/focalboard:win-wpf/Focalboard/App.config the token of a public key": """
        <section name="Settings" type="System.Configuration.ClientSettingsSection, System, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"/>
    """,
    "eugenp/tutorials:persistence-modules/hibernate-enterprise/src/main/resources/hibernate-logging.cfg.xml in memory": """
        <property name="connection.url">jdbc:h2:mem:db1;DB_CLOSE_DELAY=-1</property>
        <property name="connection.password"></property>
    """,
    "macrozheng/mall:pom.xml a reference to a property": "<dockerHost>${docker.host}</dockerHost>",
    "StackExchange/Dapper:nuget.config a feed of somebody else": """
        <add key="NuGet" value="https://api.nuget.org/v3/index.json" />
    """,
    "dotnet-architecture/eShopOnWeb:Directory.Packages.props a package": """
        <PackageVersion Include="System.IdentityModel.Tokens.Jwt" Version="7.0.3" />
    """,
    "StackExchange/Dapper:Directory.Build.props the site of a package": """
        <PackageProjectUrl>https://github.com/DapperLib/Dapper</PackageProjectUrl>
    """,
    "jeecgboot/JeecgBoot:jeecg-boot/pom.xml an empty element": """
        <config.password></config.password>
    """,
    "thombergs/code-examples:logging/structured-logging/src/main/resources/logback.xml a placeholder": """
        <token>${SHIPPER_TOKEN}</token>
    """,
    "eugenp/tutorials:jhipster-8-modules/jhipster-8-monolithic/pom.xml a property of the build": """
        <password>${liquibase-plugin.password}</password>
    """,
    "StackExchange/Dapper:tests/Dapper.Tests/App.config a public key": """
        <assemblyIdentity name="Microsoft.SqlServer.Types" publicKeyToken="89845dcd8080cc91" culture="neutral" />
        <bindingRedirect oldVersion="10.0.0.0" newVersion="14.0.0.0" />
    """,
    "thombergs/code-examples:core-java/retrofit/introduction-to-retrofit/SimpleLibraryApplication/checkstyle.xml tokens of a language": """
        <property name="tokens" value="STRING_LITERAL, CHAR_LITERAL"/>
    """,
    "eugenp/tutorials:core-java-modules/core-java-8-2/src/main/resources/META-INF/persistence.xml a database in memory": """
        <property name="javax.persistence.jdbc.url"
            value="jdbc:h2:mem:ledger" />
        <property name="javax.persistence.jdbc.password" value="" />
    """,
    "dromara/Sa-Token:sa-token-plugin/sa-token-dubbo3/pom.xml names of modules": """
        <artifactId>ticket-token-dubbo3</artifactId>
        <description>ticket-token-dubbo3</description>
    """,
    "eugenp/tutorials:jhipster-6/bookstore-monolith/src/main/resources/config/liquibase/changelog/00000000000000_initial_schema.xml a column": """
        <column name="password_hash" type="varchar(60)"/>
    """,
    "eugenp/tutorials:logging-modules/logging-techniques/src/main/resources/logback.xml a field that is masked": """
        <path>password</path>
    """,
    "3S-Digital-Agency/omnex:backend/phpunit.xml a schema": """
        <phpunit xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    "baeldung-ds.xml a data source": """
        <security>
          <user-name>seed</user-name> ~~> hardcoded-username
          <password>Kalif-st0rch</password> ~~> hardcoded-credential
        </security>
    """,
    "ActiveMQ.xml a broker": """
        <property name="brokerURL" value="tcp://10.95.0.7:61616" /> ~~> hardcoded-url
    """,
    "Web.config settings of an application": """
        <appSettings>
          <add key="SmtpHost" value="10.96.0.3" /> ~~> hardcoded-host
          <add key="SmtpPassword" value="Robins0n" /> ~~> hardcoded-credential
        </appSettings>
    """,
    "settings.xml variables of the environment": """
        <username>${env.NEXUS_USERNAME}</username>
        <password>${env.NEXUS_PASSWORD}</password>
    """,
    "feed.xml links of a feed": """
        <link>https://example.com</link>
        <enclosure url="http://example.com/podcasts/everything/AllAboutEverythingEpisode2.mp3" length="5650889"/>
    """,
    "web.config a local database": """
        <add name="Default" connectionString="Data Source=(localdb)\\MSSQLLocalDB;Initial Catalog=aspnet;Integrated Security=True" />
    """,
    "login.xml a form's fields": """
        <form-login login-page="/login" username-parameter="user" password-parameter="passwd"/>
    """,
    "nuget.config credentials of a feed": """
        <packageSourceCredentials>
          <Feed>
            <add key="Username" value="builder" /> ~~> hardcoded-username
            <add key="ClearTextPassword" value="Fre1tag-abend" /> ~~> hardcoded-credential
          </Feed>
        </packageSourceCredentials>
    """,
    "generatorConfig.xml placeholders": """
        <jdbcConnection connectionURL="${jdbc.connectionURL}" userId="${jdbc.userId}" password="${jdbc.password}">
    """,
    "pom.xml the site of a project": """
        <url>http://www.guojusoft.com</url>
        <repository><url>https://maven.aliyun.com/repository/public</url></repository>
    """,
    "login-view.xml a message": """
        <loginForm username="msg://loginForm.username" password="msg://loginForm.password"/>
    """,
    "UmsAdminMapper.xml a column": """
        <result column="password" jdbcType="VARCHAR" property="password" />
        insert into ums_admin (username, password, icon) values (#{username,jdbcType=VARCHAR}, #{password,jdbcType=VARCHAR})
    """,
    "Directory.Packages.props versions of packages": """
        <PackageVersion Include="Azure.Extensions.AspNetCore.Configuration.Secrets" Version="1.3.1" />
        <MicrosoftExtensionsConfigurationUserSecretsPackageVersion>3.0.0-preview-181113-11</MicrosoftExtensionsConfigurationUserSecretsPackageVersion>
    """,
    "logback.xml a comment": """
        <!-- <remoteHost>10.95.0.4</remoteHost> -->
        <pattern>%d{HH:mm:ss.SSS} [%thread] %-5level %logger{36} - %msg%n</pattern>
    """,
    "pom.xml options of the machine": """
        <jvmArguments>-Xdebug -Xrunjdwp:transport=dt_socket,server=y,suspend=n,address=5005</jvmArguments>
    """,
    "generatorConfig.xml attributes on lines of their own": """
        <jdbcConnection driverClass="com.mysql.cj.jdbc.Driver"
                        connectionURL="jdbc:mysql://10.95.0.9:3306/mall" ~~> hardcoded-url
                        userId="root"
                        password="Schlar4ffia"> ~~> hardcoded-credential
    """,
    "app.config a connection string": """
        <connectionStrings>
          <add name="Main" connectionString="Data Source=10.96.0.2;Initial Catalog=shop;User ID=sa;Password=Gul1ver!" providerName="System.Data.SqlClient" /> ~~> hardcoded-url hardcoded-credential
        </connectionStrings>
    """,
}
