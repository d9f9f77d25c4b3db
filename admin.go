package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/atelier-studio/atelier/engine/nodes"
	"github.com/atelier-studio/atelier/ops"
	"github.com/atelier-studio/atelier/store"
)

// dataFlag reads the options that name the data.
func (p *process) dataFlag(name string) (c *Config, names []string, err error) {
	c, err = readConfig(nil, p.getenv, p.stderr)
	if err != nil {
		return nil, nil, err
	}
	flags := p.flags(name)
	flags.StringVar(&c.Data, "data", c.Data, "the data folder")
	names, err = parse(flags, p.args)
	return c, names, err
}

func backupCommand(ctx context.Context, p *process) int {
	c, names, err := p.dataFlag("backup")
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if len(names) != 1 {
		return p.fail(exitUsage, errors.New("backup takes the file to write, such as atelier-backup.tar.gz"))
	}
	if c.DatabaseURL != "" {
		return p.fail(exitUsage, fmt.Errorf("this studio keeps its data in Postgres: back it up with pg_dump, and the folder %s by copying it", c.Data))
	}
	if err := store.Backup(ctx, c.Data, names[0]); err != nil {
		return p.fail(exitFailed, err)
	}
	fmt.Fprintf(p.stdout, "Wrote %s. The master key is not in it: keep %s/master.key, or ATELIER_MASTER_KEY, apart.\n", names[0], c.Data)
	return exitOK
}

func restoreCommand(ctx context.Context, p *process) int {
	c, names, err := p.dataFlag("restore")
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if len(names) != 1 {
		return p.fail(exitUsage, errors.New("restore takes a backup file"))
	}
	if err := store.Restore(ctx, names[0], c.Data); err != nil {
		return p.fail(exitFailed, err)
	}
	fmt.Fprintf(p.stdout, "Restored into %s. Put master.key there too, or set ATELIER_MASTER_KEY, then start the studio.\n", c.Data)
	return exitOK
}

func nodesCommand(_ context.Context, p *process) int {
	flags := p.flags("nodes")
	asJSON := flags.Bool("json", false, "print everything about them as JSON")
	markdown := flags.Bool("markdown", false, "print the reference as Markdown")
	if _, err := parse(flags, p.args); err != nil {
		return p.fail(exitUsage, err)
	}
	set := nodes.Catalogue(&nodes.Deps{})
	var err error
	switch {
	case *markdown:
		err = nodes.WriteDocs(p.stdout, set)
	case *asJSON:
		err = writeJSON(p.stdout, set.Kinds())
	default:
		group := ""
		for _, k := range set.Kinds() {
			if k.Group != group {
				group = k.Group
				fmt.Fprintf(p.stdout, "\n%s\n", group)
			}
			fmt.Fprintf(p.stdout, "  %-18s %s\n", k.Name, k.Summary)
		}
	}
	if err != nil {
		return p.fail(exitFailed, err)
	}
	return exitOK
}

// userCommand helps someone who cannot sign in any more.
func userCommand(ctx context.Context, p *process) int {
	c, names, err := p.dataFlag("user")
	if err != nil {
		return p.fail(exitUsage, err)
	}
	if len(names) != 2 || names[0] != "reset-password" {
		return p.fail(exitUsage, errors.New("user takes: reset-password EMAIL; the new password is read from standard input"))
	}
	fmt.Fprint(p.stderr, "New password: ")
	line, err := bufio.NewReader(p.stdin).ReadString('\n')
	password := strings.TrimRight(line, "\r\n")
	if err != nil && password == "" {
		return p.fail(exitUsage, errors.New("no password was given on standard input"))
	}
	s, accounts, err := openAuth(ctx, c, p.stderr)
	if err != nil {
		return p.fail(exitFailed, err)
	}
	err = accounts.ResetPassword(ctx, names[1], password)
	if err := errors.Join(err, s.Close()); err != nil {
		return p.fail(exitFailed, err)
	}
	fmt.Fprintf(p.stdout, "%s has a new password and was signed out everywhere.\n", names[1])
	return exitOK
}

func versionCommand(_ context.Context, p *process) int {
	fmt.Fprintf(p.stdout, "atelier %s\n", ops.Version(release))
	return exitOK
}
