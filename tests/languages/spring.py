"""Settings of Spring: application.yml, bootstrap.yml and .properties."""

HITS = {
    "macrozheng/mall:mall-admin/src/main/resources/application-dev.yml a data source": """
        spring:
          datasource:
            url: jdbc:mysql://localhost:3306/mall?useUnicode=true&characterEncoding=utf-8 ~~> hardcoded-url
            username: mall ~~> hardcoded-username
            password: Hase-und-1gel ~~> hardcoded-credential
          redis:
            host: 10.120.0.2 ~~> hardcoded-host
            port: 6380 ~~> hardcoded-port
    """,
    "macrozheng/mall:mall-admin/src/main/resources/application-prod.yml a comment behind": """
        minio:
          endpoint: http://192.168.3.101:9000 # where MinIO is ~~> hardcoded-url
          secretKey: minioW4echter # of MinIO ~~> hardcoded-credential
    """,
    "srk-sh1vkumar/ecommerce-microservices:wishlist-service/src/main/resources/application.yml MongoDB and Eureka": """
        spring:
          data:
            mongodb:
              uri: mongodb://localhost:27017/wishlist-db ~~> hardcoded-url
        eureka:
          client:
            service-url:
              defaultZone: http://localhost:8761/eureka/ ~~> hardcoded-url
    """,
    "jeecgboot/JeecgBoot:jeecg-boot/jeecg-module-system/jeecg-system-start/src/main/resources/application-test.yml a secret that signs": """
        jeecg:
          signatureSecret: dd05f1c54d63749eda95f9fa6d49d442 ~~> hardcoded-credential
    """,
    "xkcoding/spring-boot-demo:demo-neo4j/src/main/resources/application.yml another scheme": """
        spring:
          data:
            neo4j:
              uri: bolt://localhost ~~> hardcoded-url
              password: Holzf4eller ~~> hardcoded-credential
    """,
    "xkcoding/spring-boot-demo:demo-oauth/oauth-resource-server/src/main/resources/application.yml a client": """
        security:
          oauth2:
            client:
              client-secret: oauth2Drachen ~~> hardcoded-credential
            resource:
              jwt:
                key-uri: http://localhost:8080/oauth/token_key ~~> hardcoded-url
    """,
    "keycloak/keycloak-quickstarts:spring/rest-authz-resource-server/src/main/resources/application.yml an issuer": """
        spring:
          security:
            oauth2:
              resourceserver:
                jwt:
                  jwk-set-uri: http://localhost:8180/realms/quickstart/protocol/openid-connect/certs ~~> hardcoded-url
    """,
    "llldddbbb/dbblog:dbblog-backend/dbblog-core/src/main/resources/application-test.yml a key of encryption": """
        jasypt:
          encryptor:
            password: dbblog-Wichtel ~~> hardcoded-credential
    """,
    "thombergs/code-examples:spring-boot/spring-boot-kafka/src/main/resources/application.properties a broker": """
        spring.kafka.bootstrap-servers=10.122.0.2:9092 ~~> hardcoded-url
    """,
    "thombergs/code-examples:aws/springcloudrds/src/main/resources/application.properties an index in a name": """
        cloud.aws.rds.instances[0].username=pocadmin ~~> hardcoded-username
        cloud.aws.rds.instances[0].password=pocDrache ~~> hardcoded-credential
    """,
    "eugenp/tutorials:spring-security-modules/spring-security-social-login/src/main/resources/application.properties a secret": """
        spring.social.facebook.appSecret=abefd6497e9cc01ad03be28509617b12 ~~> hardcoded-credential
    """,
    "eugenp/tutorials:spring-boot-modules/spring-boot-keycloak-2/src/main/resources/application-keycloak.properties an address": """
        ws.location.uri=http://localhost:18080/ws/api/v1/ ~~> hardcoded-url
    """,
    "macrozheng/mall:mall-mbg/src/main/resources/generator.properties an ampersand in the value": """
        jdbc.connectionURL=jdbc:mysql://10.122.0.3:3306/mall?useUnicode=true&characterEncoding=utf-8 ~~> hardcoded-url
        jdbc.password=Wurz3lsepp ~~> hardcoded-credential
    """,
    "sqshq/piggymetrics:config/src/main/resources/shared/notification-service.yml mail": """
        spring:
          mail:
            password: "Tischl3in" ~~> hardcoded-credential
    """,
    "docker/awesome-compose:react-java-mysql/backend/src/main/resources/application.properties the default of a password": """
        spring.datasource.password=${MYSQL_PASSWORD:gestief3lter-kater} ~~> fallback-value
    """,
    "dromara/Sa-Token:sa-token-demo/sa-token-demo-alone-redis-cluster/src/main/resources/application.yml nodes of a cluster": """
        cluster:
          nodes: 10.122.0.8:3000,10.122.0.9:3001 ~~> hardcoded-url
    """,
    "xkcoding/spring-boot-demo:demo-zookeeper/src/main/resources/application.yml an ensemble": """
        zk:
          url: 127.0.0.1:2182 ~~> hardcoded-url
    """,
    "eugenp/tutorials:spring-remoting-modules/remoting-amqp/remoting-amqp-client/src/main/resources/application.properties a broker": """
        spring.rabbitmq.username=steward ~~> hardcoded-username
        spring.rabbitmq.password=Knechtruprecht-9 ~~> hardcoded-credential
    """,
    "dromara/Sa-Token:sa-token-demo/sa-token-demo-dubbo/sa-token-demo-dubbo-consumer/src/main/resources/application.yml a registry": """
        registry:
          address: nacos://127.0.0.1:8003 ~~> hardcoded-url
    """,
    "dromara/Sa-Token:sa-token-demo/sa-token-demo-alone-redisson/src/main/resources/application.yml an address of a store": """
        singleServerConfig:
          address: "redis://127.0.0.1:6380" ~~> hardcoded-url
    """,
    "2halfone/spring-micro:gateway-service/target/classes/application.properties a key that signs": """
        jwt.secret=w4ldgeist_signs_every_ticket_of_the_gate_2024 ~~> hardcoded-credential
    """,
    "dromara/Sa-Token:sa-token-demo/sa-token-demo-quick-login/src/main/resources/application.yml a short name": """
        sa:
          name: sa
          pwd: 704311 ~~> hardcoded-credential
    """,
}

MISSES = {
    "sqshq/piggymetrics:gateway/src/main/resources/bootstrap.yml a reference": """
        spring:
          cloud:
            config:
              uri: http://config:8888
              password: ${CONFIG_SERVICE_PASSWORD}
    """,
    "jeecgboot/JeecgBoot:jeecg-boot/jeecg-module-system/jeecg-system-start/src/main/resources/application-test.yml what Jasypt has encrypted": """
        oss:
          secretKey: ENC(UXM3TEuaIuLrPdKuDASHoZExQyOrgGl7PqV/iB0EbHOFhnUSF3bMol8D2qh+QlthccS5QD0fHbM=)
    """,
    "eugenp/tutorials:spring-boot-modules/spring-boot-data/src/main/resources/application.properties in memory": """
        spring.datasource.url=jdbc:h2:mem:mydb
        spring.datasource.password=
    """,
    "eugenp/tutorials:spring-web-modules/spring-static-resources/src/main/resources/messages_en.properties another language": """
        label.form.loginPass=Contrase\\u00f1a
        message.badPassword=Wrong password, try again
    """,
    "ktorio/ktor-samples:maven-google-appengine-standard/.mvn/wrapper/maven-wrapper.properties a download": """
        distributionUrl=https://repo1.maven.org/maven2/org/apache/maven/apache-maven/3.9.11/apache-maven-3.9.11-bin.zip
        distributionUrl=https\\://services.gradle.org/distributions/gradle-6.3-all.zip
    """,
    "sqshq/piggymetrics:config/src/main/resources/shared/statistics-service.yml somebody else's": """
        rates:
          url: https://api.exchangeratesapi.io
    """,
    "sqshq/piggymetrics:config/src/main/resources/shared/application.yml a service of the network": """
        spring:
          rabbitmq:
            host: rabbitmq
    """,
    "jeecgboot/JeecgBoot:jeecg-boot/jeecg-server-cloud/jeecg-demo-cloud-start/src/main/resources/application.yml what Maven fills in": """
        username: @config.username@
        password: @config.password@
    """,
    "macrozheng/mall:mall-portal/src/main/resources/application.yml names of headers": """
        tokenHeader: Authorization
        tokenHead: 'Bearer '
    """,
    "2halfone/spring-micro:auth-service/src/main/resources/application-docker.properties our own server": """
        server.port=8085
        server.address=0.0.0.0
    """,
    "Grashjs/cmms:api/src/main/resources/application.yml empty defaults": """
        manager-password: ${LDAP_MANAGER_PASSWORD:}
        client-secret: ${OAUTH2_CLIENT_SECRET:}
    """,
    "eugenp/tutorials:aws-modules/aws-reactive/src/main/resources/application.yml masks in a comment": """
        #    accessKeyId: ****
        #    secretAccessKey: ****
    """,
    "eugenp/tutorials:spring-ai-modules/spring-ai-3/src/main/resources/application.yml a mask": """
        api-key: xxxx
    """,
    "eugenp/tutorials:spring-cloud-modules/spring-cloud-gateway-2/src/main/resources/application-webfilters.yml an expression": """
        key-resolver: "#{@userKeyResolver}"
    """,
    "2halfone/spring-micro:gateway-service/src/main/resources/application-docker.properties services by name": """
        auth.service.url=${AUTH_SERVICE_URL:http://auth-service:8086}
    """,
    "thombergs/code-examples:spring-boot/request-response/client/src/main/resources/application.yaml a database in memory": """
        url: jdbc:h2:mem:ledger
    """,
    "dromara/Sa-Token:sa-token-demo/sa-token-demo-alone-redisson/src/main/resources/application.yml the name of a token": """
        token-name: ticket
    """,
    "jeecgboot/JeecgBoot:jeecg-boot/jeecg-module-system/jeecg-system-start/src/main/resources/application-docker.yml what is to be filled in": """
        password: ??
    """,
    "yoon627/coin-trading-bot:bot/src/main/resources/application.yml how long a token lives": """
        token-refresh-skew-seconds: ${TOKEN_REFRESH_SKEW_SECONDS:600}
    """,
    "eugenp/tutorials:spring-cloud-modules/spring-cloud-vault/src/main/resources/application.yml the path of a password": """
        password-property: spring.datasource.password
    """,
}

# What the language has besides, and no named file.
IDIOMS = {
    "message_en.properties a translation": """
        user_password=Password
        system_param_token=Token of the job
    """,
    "sa-token2.properties a name": """
        tokenName=use-token
        tokenStyle=simple-uuid
        isReadHeader=true
    """,
    "application.yml defaults of placeholders": """
        spring:
          data:
            redis:
              host: ${SPRING_DATA_REDIS_HOST:10.121.0.2} ~~> fallback-value
              password: ${SPRING_DATA_REDIS_PASSWORD:Gestief3lt} ~~> fallback-value
    """,
    "application.yml nodes": """
        spring.data.elasticsearch.cluster-nodes: localhost:9300 ~~> hardcoded-url
    """,
    "api.yaml a token in a list": """
        gateway:
          routes:
            - id: shop
              uri: http://10.122.0.6:9101 ~~> hardcoded-url
          tokens:
            api-token: 4f19c0e8b7d25a63 ~~> hardcoded-credential
    """,
    "application.properties spaces and colons": """
        spring.datasource.password : Kn3chtruprecht ~~> hardcoded-credential
        spring.redis.host = 10.122.0.7 ~~> hardcoded-host
    """,
    "application.yml services by name": """
        - id: product
          uri: lb://product-service
        eureka.client.service-url.defaultZone: ${EUREKA_URL:http://eureka-server:8761/eureka/}
    """,
    "application.yml what Maven fills in": """
        spring:
          cloud:
            nacos:
              server-addr: @config.server-addr@
              password: @config.password@
    """,
    "application.yml masks": """
        social:
          client-secret: 9IBorn************7-E
          client-id: 10******85
    """,
    "application.yml our own server": """
        server:
          port: 8888
          address: 127.0.0.1
        management:
          server:
            port: 9090
    """,
    "application.properties a comment": """
        # spring.redis.host=10.122.0.7
        # see http://localhost:8080/actuator
    """,
    "theme.properties a link": """
        logoUrl=http://www.keycloak.org
        parent=keycloak
    """,
    "application.yml levels of logs": """
        logging:
          level:
            org.springframework.security: DEBUG
            com.example.AddressClient: DEBUG
    """,
    "application.yml paths": """
        auth:
          exclude-urls: /,/auth/login,/auth/logout,/registry/machine,/version
          filter:
            token-header: X-Access-Token
    """,
    "application.yml a service": """
        customer:
          baseUrl: http://customer-service:8081
    """,
    "application.yml a vault": """
        spring:
          cloud:
            vault:
              token: ${VAULT_TOKEN}
              uri: https://vault.example.com
        datasource:
          password: '{cipher}AQA6EHqrGTtDTOxLdlKmTDRUv'
    """,
    "docker-compose.yml an expression": """
        app:
          password: "#{systemProperties['db.password']}"
          timeout: 10.0.0.1-beta
    """,
    "application.yml types": """
        security:
          token-type: Bearer
          password-encoder: bcrypt
          key-store-type: PKCS12
          key-store: classpath:server.keystore
    """,
    "application.properties a name with a dash": """
        spring.datasource.password=${MYSQL-PWD:Nimm3rsatt} ~~> fallback-value
        spring.datasource.url=jdbc:mysql://${MYSQL-HOST:10.121.0.3}:3306/xxl_job ~~> fallback-value
    """,
    "application.yml defaults with a port": """
        spring:
          rabbitmq:
            host: ${RABBIT_MQ_HOST:localhost} ~~> fallback-value
            port: ${RABBIT_MQ_PORT:5673} ~~> fallback-value
            password: ${RABBIT_MQ_PASSWORD:Rumpelk4mmer} ~~> fallback-value
    """,
    "account-service.yml an inner default": """
        security:
          oauth2:
            client:
              accessTokenUri: ${AUTH_URL:http://${AUTH_HOST:10.122.0.5}:5000/uaa/oauth/token} ~~> fallback-value
    """,
    "application.yml an empty default": """
        appdynamics:
          host: ${APPDYNAMICS_CONTROLLER_HOST_NAME:}
          port: ${APPDYNAMICS_CONTROLLER_PORT:443}
          password: ${APPDYNAMICS_PASSWORD:}
    """,
}
