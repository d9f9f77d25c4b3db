package store

import (
	"context"
	"io/fs"
)

// MigrationFiles are the migrations of this build, OpenWith opens with others: a history that goes on.
var MigrationFiles fs.FS = migrationFiles

// OpenWith is Open with other migrations.
func OpenWith(ctx context.Context, o Options, migrations fs.FS) (*Store, error) {
	return open(ctx, o, migrations)
}
