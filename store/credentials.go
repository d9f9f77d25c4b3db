package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

const maxSecretBytes = 256 << 10

func scanCredential(row scanner) (c engine.Credential, err error) {
	var fields string
	if err := row.Scan(&c.ID, &c.Name, &c.Type, &fields, &c.Created, &c.Updated, &c.By); err != nil {
		return c, err
	}
	return c, json.Unmarshal([]byte(fields), &c.Fields)
}

const credentialColumns = "id, name, type, fields, created, updated, author"

// PutCredential makes a credential (an empty ID) or changes one. A field that values does not name keeps its value, an
// empty one is removed; another Type begins anew. fs.ErrExist when the name is taken.
func (s *Store) PutCredential(ctx context.Context, scope auth.Scope, c engine.Credential, values map[string]string) (engine.Credential, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return c, err
	}
	c.Name = strings.TrimSpace(c.Name)
	if c.Name == "" || len(c.Name) > 200 || c.Type == "" {
		return c, invalid("a credential needs a name of at most 200 bytes, and a type")
	}
	key, err := s.workspaceSealer(ctx, ws)
	if err != nil {
		return c, err
	}
	given := c
	err = s.studio.tx(ctx, func(q querier) error {
		c = given
		c.Updated, c.By = s.now(), scope.User()
		merged := map[string]string{}
		if c.ID == "" {
			c.ID, c.Created = newID(), c.Updated
		} else {
			old, oldValues, err := secret(ctx, q, key, ws, "id", c.ID)
			if err != nil {
				return err
			}
			c.Created = old.Created
			if old.Type == c.Type {
				merged = oldValues
			}
		}
		maps.Copy(merged, values)
		maps.DeleteFunc(merged, func(_, v string) bool { return v == "" })
		c.Fields = slices.Sorted(maps.Keys(merged))
		err := putSecret(ctx, q, key, ws, c, merged)
		if isDuplicate(err) {
			return taken("there is another credential called %q", c.Name)
		}
		return err
	})
	return c, err
}

func putSecret(ctx context.Context, q querier, key *auth.Sealer, ws string, c engine.Credential, values map[string]string) error {
	plain, err := json.Marshal(values)
	if err != nil {
		return err
	}
	if len(plain) > maxSecretBytes {
		return invalid("a credential holds at most %d KiB", maxSecretBytes>>10)
	}
	sealed, err := key.Seal(plain, ws, "credentials", c.ID)
	if err != nil {
		return err
	}
	fields, err := json.Marshal(c.Fields)
	if err != nil {
		return err
	}
	_, err = q.exec(ctx, `INSERT INTO credentials (workspace, id, name, type, fields, sealed, created, updated, author) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (workspace, id) DO UPDATE SET name = excluded.name, type = excluded.type, fields = excluded.fields, sealed = excluded.sealed,
		updated = excluded.updated, author = excluded.author`,
		ws, c.ID, c.Name, c.Type, string(fields), sealed, c.Created, c.Updated, c.By)
	return err
}

// secret reads a credential with its values, by its "id" or "name".
func secret(ctx context.Context, q querier, key *auth.Sealer, ws, by, value string) (c engine.Credential, values map[string]string, err error) {
	var sealed string
	c, err = one(ctx, q, fmt.Sprintf("credential %.80q in this workspace", value), func(row scanner) (c engine.Credential, err error) {
		return c, row.Scan(&c.ID, &c.Name, &c.Type, &c.Created, &sealed)
	}, "SELECT id, name, type, created, sealed FROM credentials WHERE workspace = $1 AND "+by+" = $2", ws, value)
	if err != nil {
		return c, nil, err
	}
	plain, err := key.Open(sealed, ws, "credentials", c.ID)
	if err != nil {
		return c, nil, fmt.Errorf("open the credential %q: %w", c.Name, err)
	}
	return c, values, json.Unmarshal(plain, &values)
}

// Credentials lists what may be shown of the workspace's credentials, by name.
func (s *Store) Credentials(ctx context.Context, scope auth.Scope) ([]engine.Credential, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, err
	}
	return collect(ctx, s.studio.reader(), scanCredential, "SELECT "+credentialColumns+" FROM credentials WHERE workspace = $1 ORDER BY name LIMIT 10000", ws)
}

// DeleteCredential removes a credential; nodes that name it fail from now on.
func (s *Store) DeleteCredential(ctx context.Context, scope auth.Scope, id string) error {
	ws, err := workspaceOf(scope)
	if err != nil {
		return err
	}
	return s.studio.mustTouch(ctx, "such credential in this workspace", "DELETE FROM credentials WHERE workspace = $1 AND id = $2", ws, id)
}

// Secret returns a credential's type and values, for the node that uses it and for nobody else.
func (s *Store) Secret(ctx context.Context, workspace, name string) (typ string, values map[string]string, err error) {
	ws, err := workspaceID(workspace)
	if err != nil {
		return "", nil, err
	}
	key, err := s.workspaceSealer(ctx, ws)
	if err != nil {
		return "", nil, err
	}
	c, values, err := secret(ctx, s.studio.reader(), key, ws, "name", name)
	return c.Type, values, err
}
