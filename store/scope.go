package store

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/auth"
)

// workspaceOf returns the workspace that a scope opens; a scope that auth did not make opens none.
func workspaceOf(scope auth.Scope) (string, error) { return workspaceID(scope.Workspace()) }

func workspaceID(id string) (string, error) {
	if id == "" {
		return "", fmt.Errorf("no workspace was chosen: %w", fs.ErrPermission)
	}
	return id, nil
}

// newID makes an id that cannot be guessed.
func newID() string { return strings.ToLower(rand.Text()[:20]) }

// pageSize bounds the length of a list: 50 when not told, 200 at most.
func pageSize(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 200)
}

// cursor names the last row of a page: its time and id.
func cursor(at int64, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(at, 10) + "." + id))
}

func parseCursor(text string) (at int64, id string, err error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil && len(text) < 300 {
		var ok bool
		var number string
		if number, id, ok = strings.Cut(string(data), "."); ok {
			if at, err = strconv.ParseInt(number, 10, 64); err == nil {
				return at, id, nil
			}
		}
	}
	return 0, "", invalid("this page of the list cannot be found; begin at its start")
}
