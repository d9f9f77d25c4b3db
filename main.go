// Command atelier is a studio for workflows: the server, and the commands that work on workflow files without it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones also where the machine has no files of them

	"github.com/atelier-studio/atelier/engine/sandbox"
	"github.com/atelier-studio/atelier/rag/read"
	"github.com/atelier-studio/atelier/rag/read/cage"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Exit codes of all commands.
const (
	exitOK     = 0
	exitFailed = 1 // the command ran, and what it was asked about failed
	exitUsage  = 2 // bad use or a bad file
)

// process is what a command may reach of the process it runs in.
type process struct {
	args           []string
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
}

type command struct {
	name, use, help string
	run             func(context.Context, *process) int
}

func commands() []command {
	return []command{
		{"serve", "[--listen ADDRESS] [--data DIR] …", "starts the studio (also without a command); serve --help lists all settings", serveCommand},
		{"run", "FILE [--input JSON|@FILE|-] [--json] [--timeout D] [--history DIR]", "runs a workflow file without the server", runCommand},
		{"check", "FILE… [--json]", "says what is wrong with workflow files", checkCommand},
		{"test", "FILE… [--only NAME] [--json] [--junit FILE]", "runs the tests that workflow files hold", testCommand},
		{"import", "FILE… [--from auto|n8n] [--out DIR] [--report FILE]", "turns files of other products into workflow files", importCommand},
		{"export", "FILE --to n8n|atelier [--out FILE]", "turns a workflow file into another product's form", exportCommand},
		{"nodes", "[--json|--markdown]", "lists the kinds of nodes", nodesCommand},
		{"backup", "FILE [--data DIR]", "writes a copy of the data folder; the studio may be running", backupCommand},
		{"restore", "FILE [--data DIR]", "makes a data folder from a backup", restoreCommand},
		{"user", "reset-password EMAIL [--data DIR]", "sets a new password for someone who lost theirs; stop the studio first", userCommand},
		{"rag", "ingest|ask … --collection NAME [--data DIR] [--tags …] [--json] [--no-model]\n  atelier rag eval COLLECTION [--require ndcg=0.40,recall=0.9,…] [--questions FILE] [--answers] [--keep] [--json]", "takes files and folders in, answers a question from a collection, or measures it on judged questions (exit code 1: below what is required, 2: could not run); stop the studio first", ragCommand},
		{"qa", "TARGET [--require security=0.90,…] [--areas …] [--intrusive] [--account ROLE:USER:FILE]… [--roles FILE] [--journeys FILE] [--baseline FILE] [--personas …] [--time 10m] [--rate N] [--requests N] [--active N] [--seed N] [--fail-on high] [--out DIR] [--json]", "sends 27 personas against a web application and tells what they found (exit code 1: faults, or less than is required; 2: could not test); qa --help lists all options", qaCommand},
		{"version", "", "prints the version", versionCommand},
		{"help", "", "prints this", helpCommand},
		{"sandbox", "", "", sandboxCommand},
		{"read-file", "", "", readFileCommand},
	}
}

// run is the whole program; tests call it.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	name := "serve"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, args = args[0], args[1:]
	} else if len(args) > 0 && (args[0] == "-h" || args[0] == "--help" || args[0] == "-help") {
		name = "help"
	}
	for _, c := range commands() {
		if c.name == name {
			return c.run(ctx, &process{args: args, getenv: getenv, stdin: stdin, stdout: stdout, stderr: stderr})
		}
	}
	fmt.Fprintf(stderr, "atelier: there is no command %q; see atelier help\n", name)
	return exitUsage
}

// fail prints an error and returns the exit code for it.
func (p *process) fail(code int, err error) int {
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	fmt.Fprintf(p.stderr, "atelier: %v\n", err)
	return code
}

func helpCommand(_ context.Context, p *process) int {
	fmt.Fprintf(p.stdout, "Atelier, a studio for workflows.\n\n")
	for _, c := range commands() {
		if c.help != "" {
			fmt.Fprintf(p.stdout, "  atelier %s %s\n      %s\n", c.name, c.use, c.help)
		}
	}
	return exitOK
}

// sandboxCommand is what the studio starts itself as, to run Python code in a cage.
func sandboxCommand(_ context.Context, p *process) int {
	return sandbox.Main(p.args, p.stdin, p.stdout, p.stderr)
}

// readFileCommand is what the studio starts itself as, to read documents whose bytes may be hostile.
func readFileCommand(_ context.Context, p *process) int {
	return cage.Main(p.args, p.stdin, p.stdout, p.stderr, read.File)
}
