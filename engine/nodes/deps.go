package nodes

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/sandbox"
)

// Deps is what nodes may reach of the world. A field that is nil switches the kinds that need it off: they fail with a
// text that says so, and the rest works.
type Deps struct {
	// HTTP makes requests. Its dialer must refuse addresses that nodes have no business with.
	HTTP *http.Client
	// Files keeps the files that travel with items.
	Files Files
	// Roots opens the folder of the file nodes of a workspace. It stays open: nobody closes what it returns.
	Roots       func(workspace string) (*os.Root, error)
	Credentials Credentials
	JavaScript  *sandbox.JavaScript
	Python      *sandbox.Python
	SQL         SQL
	Mail        Mail
	// Models are asked by the kinds of AI, and Collections by those of documents.
	Models      Models
	Collections Collections
	// Campaigns send personas, for the kinds of testing.
	Campaigns Campaigns
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger

	tokens tokenCache
}

// Files keeps bytes by their SHA-256 hash, apart for every workspace.
type Files interface {
	// Put stores what r gives, at most limit bytes; more is an error that wraps fs.ErrInvalid and stores nothing.
	Put(ctx context.Context, workspace string, r io.Reader, limit int64) (hash string, size int64, err error)
	// Open reads a file of the workspace; fs.ErrNotExist. The caller closes it.
	Open(ctx context.Context, workspace, hash string) (io.ReadSeekCloser, error)
}

// Credentials opens sealed credentials by name. Values must not end up in outputs, errors or logs.
type Credentials interface {
	// Secret returns type and values of a credential of the workspace; fs.ErrNotExist.
	Secret(ctx context.Context, workspace, name string) (typ string, values map[string]string, err error)
}

// SQL runs one statement in a database that a person connected.
type SQL interface {
	// Query runs a statement with its arguments bound, never pasted in. The driver is "postgres" (dsn: a URL or key=value
	// text) or "sqlite" (dsn: a file's name in the folder of databases). It returns limit rows at most. Affected counts the rows that a statement
	// without result changed.
	Query(ctx context.Context, driver, dsn, query string, args []any, limit int) (columns []string, rows [][]any, affected int64, err error)
}

// Mail hands a finished message to a mail server. SMTP implements it.
type Mail interface {
	// Send returns nil once the server took the message over for all recipients.
	Send(ctx context.Context, server MailServer, from string, to []string, message []byte) error
}

func (d *Deps) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

// zone returns the time zone of that name, or the run's, or UTC.
func zone(name string, c *engine.Call) (*time.Location, error) {
	if name == "" && c != nil {
		name = c.Run.Timezone
	}
	if name == "" {
		return time.UTC, nil
	}
	return timezone(name)
}
