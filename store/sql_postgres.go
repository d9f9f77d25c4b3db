package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresSettings are the settings that a credential's address may carry. Others name files of the server.
var postgresSettings = []string{"sslmode", "connect_timeout", "application_name", "search_path", "target_session_attrs"}

func (s *SQL) openPostgresPool(dsn string) (*sql.DB, error) {
	wrong := invalid("the credential's address is not one of a Postgres database, like postgres://user:password@host:5432/name")
	address, err := url.Parse(dsn)
	if err != nil || address.Scheme != "postgres" && address.Scheme != "postgresql" || address.Hostname() == "" || address.User.Username() == "" {
		return nil, wrong // the parser's text may hold the password
	}
	for setting := range address.Query() {
		if !slices.Contains(postgresSettings, setting) {
			return nil, invalid("the address of a Postgres database may not set %.40q; it may set %s", setting, strings.Join(postgresSettings, ", "))
		}
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, wrong
	}
	// What the address does not say would be taken from the studio's own environment.
	config.Password, _ = address.User.Password()
	config.Fallbacks = slices.DeleteFunc(config.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.Host != config.Host })
	if s.o.Dial != nil {
		config.DialFunc = s.o.Dial
		config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil } // the dialer looks it up and judges
	}
	if config.ConnectTimeout == 0 || config.ConnectTimeout > time.Minute {
		config.ConnectTimeout = 10 * time.Second
	}
	// Statements of people differ each time; keeping them prepared only fills the server.
	config.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	config.StatementCacheCapacity, config.DescriptionCacheCapacity = 0, 0
	return stdlib.OpenDB(*config), nil
}

func queryPostgres(ctx context.Context, conn *sql.Conn, query string, args []any, r *sqlResult) error {
	err := conn.Raw(func(raw any) error {
		rows, err := raw.(*stdlib.Conn).Conn().Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		r.columns = []string{}
		for _, f := range rows.FieldDescriptions() {
			r.columns = append(r.columns, f.Name)
		}
		for more := true; more && rows.Next(); {
			row, err := rows.Values()
			if err != nil {
				return err
			}
			if more, err = r.add(row); err != nil {
				return err
			}
		}
		rows.Close()
		if tag := rows.CommandTag(); !tag.Select() {
			r.affected = tag.RowsAffected()
		}
		return rows.Err()
	})
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		text := e.Message
		if e.Hint != "" {
			text += " (" + e.Hint + ")"
		}
		return fmt.Errorf("the database says: %s: %w", text, err)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return fmt.Errorf("connect to the database: %w", err)
	}
	return err
}
