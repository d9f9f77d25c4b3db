package store

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/atelier-studio/atelier/auth"
	"github.com/atelier-studio/atelier/engine"
)

// maxMentions bounds at how many @ of a text is looked, and so how many people one comment can call.
const maxMentions = 50

// callable is a member with what may stand behind the @.
type callable struct{ id, name, email string }

// mentionedIn finds the members whom a text calls by @name or @address. Of several that fit, the longest name counts;
// people of one name are all meant, and told apart by their addresses.
func mentionedIn(ctx context.Context, q querier, ws, text string) ([]string, error) {
	if !strings.Contains(text, "@") {
		return nil, nil
	}
	people, err := collect(ctx, q, func(row scanner) (p callable, err error) {
		err = row.Scan(&p.id, &p.name, &p.email)
		p.name, p.email = strings.ToLower(p.name), strings.ToLower(p.email)
		return p, err
	}, "SELECT u.id, u.name, u.email FROM members m JOIN users u ON u.id = m.user_id WHERE m.workspace = $1 ORDER BY u.id LIMIT 10000", ws)
	if err != nil {
		return nil, err
	}
	var found []string
	rest := strings.ToLower(text)
	before := ' '
	for range maxMentions {
		head, tail, ok := strings.Cut(rest, "@")
		if !ok {
			break
		}
		if head != "" {
			before, _ = utf8.DecodeLastRuneInString(head)
		}
		if !isWordRune(before) {
			found = append(found, called(people, tail)...)
		}
		rest, before = tail, '@'
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// called returns the people with the longest name or address that text begins with.
func called(people []callable, text string) []string {
	longest := 0
	var ids []string
	for _, p := range people {
		for _, label := range []string{p.name, p.email} {
			if len(label) == 0 || len(label) < longest || !strings.HasPrefix(text, label) {
				continue
			}
			if next, _ := utf8.DecodeRuneInString(text[len(label):]); isWordRune(next) {
				continue
			}
			if len(label) > longest {
				longest, ids = len(label), nil
			}
			ids = append(ids, p.id)
		}
	}
	return ids
}

func isWordRune(r rune) bool {
	return r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// putMentions keeps whom a comment calls, instead of whom it called before.
func putMentions(ctx context.Context, q querier, ws, workflow, thread string, c engine.Comment) error {
	_, err := q.exec(ctx, "DELETE FROM comment_mentions WHERE workspace = $1 AND workflow = $2 AND thread = $3 AND comment = $4", ws, workflow, thread, c.ID)
	for _, user := range c.Mentions {
		if err != nil {
			return err
		}
		_, err = q.exec(ctx, "INSERT INTO comment_mentions (workspace, user_id, workflow, thread, comment, at) VALUES ($1, $2, $3, $4, $5, $6)",
			ws, user, workflow, thread, c.ID, c.Created)
	}
	return err
}

const mentionFrom = ` FROM comment_mentions n JOIN comments c ON c.workspace = n.workspace AND c.workflow = n.workflow AND c.thread = n.thread AND c.id = n.comment
	JOIN comment_threads t ON t.workspace = n.workspace AND t.workflow = n.workflow AND t.id = n.thread
	JOIN workflows w ON w.workspace = n.workspace AND w.id = n.workflow
	LEFT JOIN comment_reads r ON r.workspace = n.workspace AND r.user_id = n.user_id AND r.workflow = n.workflow AND r.thread = n.thread
	WHERE n.workspace = $1 AND n.user_id = $2 AND c.author <> $2 AND w.deleted = 0`

// Mentions lists comments that call the scope's user, over all workflows, the newest first. next continues the list.
func (s *Store) Mentions(ctx context.Context, scope auth.Scope, after string, limit int) (list []engine.Mention, next string, err error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return nil, "", err
	}
	where, args := "", []any{ws, scope.User()}
	if after != "" {
		at, id, err := parseCursor(after)
		if err != nil {
			return nil, "", err
		}
		where, args = " AND (n.at < $3 OR n.at = $3 AND n.comment < $4)", append(args, at, id)
	}
	size := pageSize(limit)
	args = append(args, size+1)
	list, err = collect(ctx, s.studio.reader(), func(row scanner) (m engine.Mention, err error) {
		var resolved, seen int64
		err = row.Scan(&m.Workflow, &m.Title, &m.Thread, &resolved, &m.Comment.ID, &m.Comment.By, &m.Comment.Name, &m.Comment.Text,
			&m.Comment.Created, &m.Comment.Edited, &seen)
		m.Resolved, m.Unread = resolved != 0, m.Comment.Created > seen
		return m, err
	}, `SELECT n.workflow, w.name, n.thread, t.resolved, c.id, c.author, coalesce((SELECT u.name FROM users u WHERE u.id = c.author), c.name), c.body,
		c.created, c.edited, coalesce(r.at, 0)`+mentionFrom+where+" ORDER BY n.at DESC, n.comment DESC LIMIT "+placeholder(len(args)), args...)
	if err == nil && len(list) > size {
		list = list[:size]
		last := list[size-1].Comment
		next = cursor(last.Created, last.ID)
	}
	return list, next, err
}

type mentionsKey struct{ workspace, user string }

// UnreadMentions counts the comments that call the scope's user and were not seen yet.
func (s *Store) UnreadMentions(ctx context.Context, scope auth.Scope) (int, error) {
	ws, err := workspaceOf(scope)
	if err != nil {
		return 0, err
	}
	return remember(s.studio, mentionsKey{ws, scope.User()}, func() (n int, err error) {
		return n, s.studio.words(s.studio.fixed().row(ctx, "SELECT count(*)"+mentionFrom+" AND c.created > coalesce(r.at, 0)", ws, scope.User()).Scan(&n))
	})
}
