FROM scratch
# ruleid: flow-host-in-dockerfile
ENV METRICS_HOST="metrics.stock-trading.io"
# ruleid: flow-host-in-dockerfile
ENV LOG_LEVEL=info BROKER_SERVER=broker.stock-trading.io:9092
# ok: flow-host-in-dockerfile
ENV METRICS_HOST=$HOST
# ok: flow-host-in-dockerfile
ENV METRICS_HOST=metrics.example.com
# ok: flow-host-in-dockerfile
ENV SERVER_SOFTWARE_VERSION=1.2.3
# ok: flow-host-in-dockerfile
ENV BIND_HOST=0.0.0.0
