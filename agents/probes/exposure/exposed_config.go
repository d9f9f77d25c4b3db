package exposure

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/reading"
)

func exposedConfig() *agents.Probe {
	return &agents.Probe{
		ID: "exposed-config", Title: "A configuration file is served",
		Decides:  "A file of settings is served, and has the shape of one: names with values, a connection, a key.",
		Keeps:    "Its first line that shows it, with the value masked.",
		Advice:   "Keep settings outside of what is served, and give secrets by the environment or a vault. Change the secrets that were in the file.",
		Needs:    agents.NeedsHTTP,
		Severity: agents.High, References: []string{"CWE-538"}, Skills: []string{"leak detection"},
		Check: agents.Whole(runExposedConfig),
	}
}

// The shapes of settings. What browsers are meant to read (an address, a flag) is no secret, so files in JSON need a name
// that says it is one.
var (
	environment = regexp.MustCompile(`(?m)^(?:export )?[A-Z][A-Z0-9_]{2,40}=\S.*$`)
	secretJSON  = regexp.MustCompile(`(?i)"[a-z_.-]*(?:password|passwd|secret|private_?key|access_?key|connection_?strings?|client_?secret)[a-z_.-]*"\s*:\s*(?:"[^"]{4,}"|\{[^}]*")`)
	secretYAML  = regexp.MustCompile(`(?im)^\s*[a-z_.-]*(?:password|passwd|secret|private[_-]?key|access[_-]?key|dsn)[a-z_.-]*\s*[:=]\s*["']?[^\s"'#]{4,}.*$`)
)

var settings = []struct {
	path  string
	shape *regexp.Regexp
}{
	{".env", environment},
	{".env.local", environment},
	{".env.production", environment},
	{".env.bak", environment},
	{"config.json", secretJSON},
	{"config/config.json", secretJSON},
	{"appsettings.json", secretJSON},
	{"settings.json", secretJSON},
	{"web.config", regexp.MustCompile(`(?s)^\s*(?:<\?xml[^>]*>\s*)?<configuration\b`)},
	{"docker-compose.yml", regexp.MustCompile(`(?m)^services:\s*$`)},
	{"docker-compose.yaml", regexp.MustCompile(`(?m)^services:\s*$`)},
	{"config.yml", secretYAML},
	{"config.yaml", secretYAML},
	{"config/database.yml", secretYAML},
	{"application.properties", secretYAML},
	{"application.yml", secretYAML},
	{"config.ini", secretYAML},
	{"wp-config.php.bak", regexp.MustCompile(`define\(\s*['"]DB_[A-Z]+['"]\s*,.*`)},
	{".htpasswd", regexp.MustCompile(`(?m)^[\w.-]{1,40}:(?:\$(?:apr1|2[aby]|5|6)\$|\{SHA\})\S+$`)},
	{".npmrc", regexp.MustCompile(`(?m)^.*_auth(?:Token)?\s*=.+$`)},
	{".aws/credentials", regexp.MustCompile(`(?m)^aws_secret_access_key\s*=.+$`)},
	{"id_rsa", regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)},
}

var assigned = regexp.MustCompile(`([=:,]\s*["']?)([^\s"'=:,][^"'\n]*)`)

func runExposedConfig(ctx context.Context, lab *agents.Lab) agents.Outcome {
	var findings []agents.Finding
	for _, root := range roots(lab.Surface) {
		for _, c := range settings {
			x := file(ctx, lab, root+c.path)
			if ctx.Err() != nil {
				return agents.Block("it took too long")
			}
			if x == nil || isPage(x) {
				continue
			}
			line := c.shape.FindString(string(x.Body))
			if line == "" || answersAll(ctx, lab, root+c.path, x) {
				continue
			}
			findings = append(findings, agents.Finding{
				Text:  fmt.Sprintf("%s is served to everybody. It has settings, and most likely secrets among them.", x.URL),
				Where: place(x), Cause: c.path, Evidence: []agents.Evidence{agents.Excerpt("a line of it", maskLine(line))},
			})
		}
	}
	return agents.Fail(findings...)
}

// maskLine hides the values of a line of settings.
func maskLine(line string) string {
	line = strings.TrimSpace(line)
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	return assigned.ReplaceAllStringFunc(line, func(part string) string {
		m := assigned.FindStringSubmatch(part)
		return m[1] + reading.Mask(m[2])
	})
}
