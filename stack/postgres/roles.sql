-- The users of other programs. Runs again after every migration, and also sets new passwords.
\set ON_ERROR_STOP on
\getenv airflow_password AIRFLOW_DB_PASSWORD
\getenv grafana_password GRAFANA_DB_PASSWORD

-- Dashboards read the tables that they show, and neither people nor their alerts.
SELECT 'CREATE ROLE grafana' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'grafana') \gexec
SELECT format('ALTER ROLE grafana LOGIN CONNECTION LIMIT 20 PASSWORD %L', :'grafana_password') \gexec
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '30s';
GRANT SELECT ON stocks, daily_prices, technical_indicators TO grafana;

-- Airflow keeps its own books, in a database of its own.
SELECT 'CREATE ROLE airflow' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'airflow') \gexec
SELECT format('ALTER ROLE airflow LOGIN PASSWORD %L', :'airflow_password') \gexec
SELECT 'CREATE DATABASE airflow OWNER airflow' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'airflow') \gexec
