package nodes

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/llm"
)

// credential opens a credential that must be of one of the types.
func (d *Deps) credential(ctx context.Context, c *engine.Call, name string, types ...string) (map[string]string, error) {
	_, values, err := d.credentialOf(ctx, c, name, types...)
	return values, err
}

func (d *Deps) credentialOf(ctx context.Context, c *engine.Call, name string, types ...string) (string, map[string]string, error) {
	if name == "" {
		return "", nil, bad("credential", "choose a credential")
	}
	if d.Credentials == nil {
		return "", nil, about("credential", errors.ErrUnsupported, "this studio has no credentials")
	}
	typ, values, err := d.Credentials.Secret(ctx, c.Run.Workspace, name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, about("credential", err, "there is no credential %q: add it under Credentials, or choose another", name)
	}
	if err != nil {
		return "", nil, about("credential", err, "the credential %q cannot be opened: %s", name, err)
	}
	if !slices.Contains(types, typ) {
		return "", nil, bad("credential", "the credential %q is of the type %s, this node takes %v", name, typ, types)
	}
	return typ, values, nil
}

type (
	credBasic struct {
		User     string `json:"user" form:"User" required:"true"`
		Password string `json:"password" form:"Password"`
	}
	credBearer struct {
		Token string `json:"token" form:"Token" required:"true"`
	}
	credNamed struct {
		Name  string `json:"name" form:"Name" required:"true" placeholder:"X-Api-Key"`
		Value string `json:"value" form:"Value" required:"true"`
	}
	credOAuth struct {
		TokenURL     string `json:"token_url" form:"Token address" required:"true" placeholder:"https://id.example.com/oauth/token"`
		ClientID     string `json:"client_id" form:"Client id" required:"true"`
		ClientSecret string `json:"client_secret" form:"Client secret" required:"true"`
		Scope        string `json:"scope" form:"Scopes" help:"Separated by blanks."`
		Audience     string `json:"audience" form:"Audience"`
		Style        string `json:"style" form:"Send id and secret" options:"header=In the header,body=In the body"`
	}
	credPostgres struct {
		DSN      string `json:"dsn" form:"Connection address" placeholder:"postgres://user:password@host:5432/database" help:"This, or the fields below."`
		Host     string `json:"host" form:"Host"`
		Port     string `json:"port" form:"Port" placeholder:"5432"`
		Database string `json:"database" form:"Database"`
		User     string `json:"user" form:"User"`
		Password string `json:"password" form:"Password"`
		SSLMode  string `json:"sslmode" form:"Encryption" options:"require=Required,verify-full=Required and certificate checked,prefer=When offered,disable=Off"`
	}
	credSQLite struct {
		File string `json:"file" form:"File" required:"true" placeholder:"reports.db" help:"In the studio's folder of databases. It is made when it is not there."`
	}
	credSMTP struct {
		Host     string `json:"host" form:"Host" required:"true" placeholder:"smtp.example.com"`
		Port     string `json:"port" form:"Port" placeholder:"587"`
		User     string `json:"user" form:"User"`
		Password string `json:"password" form:"Password"`
		TLS      string `json:"tls" form:"Encryption" options:"starttls=STARTTLS (port 587),tls=TLS from the start (port 465),none=None"`
		From     string `json:"from" form:"Sender" required:"true" placeholder:"Studio <studio@example.com>"`
	}
	credModels struct {
		Kind      string `json:"kind" form:"Protocol" required:"true" options:"openai=OpenAI and compatible,anthropic=Anthropic,ollama=Ollama"`
		BaseURL   string `json:"base_url" form:"Base address" placeholder:"https://api.openai.com/v1" help:"Leave it empty for the provider's own. Azure, vLLM and LM Studio speak the protocol of OpenAI."`
		Key       string `json:"key" form:"Key" help:"Ollama and many servers of your own need none."`
		Model     string `json:"model" form:"Model" placeholder:"gpt-4o-mini" help:"It writes answers."`
		Embedding string `json:"embedding" form:"Embedding model" placeholder:"text-embedding-3-small" help:"It finds texts that mean the same."`
		RerankURL string `json:"rerank_url" form:"Reranker's address" placeholder:"https://api.jina.ai/v1/rerank"`
		Reranker  string `json:"reranker" form:"Reranker's model"`
		Keep      string `json:"keep" form:"Keep answers" options:"cold=At a temperature of 0.1 and less,always=Always,never=Never" help:"The same question is then answered from what was kept for a week, and paid once."`
	}
	credMCP struct {
		URL    string `json:"url" form:"Address" required:"true" placeholder:"https://example.com/mcp" help:"Of a server that speaks streamable HTTP."`
		Token  string `json:"token" form:"Token" help:"Sent as Authorization: Bearer … Servers without keys need none."`
		Header string `json:"header" form:"Or in the header" placeholder:"X-Api-Key" help:"The token is then sent in this header, as it is."`
	}
	credSecret struct {
		Secret string `json:"secret" form:"Secret" required:"true"`
	}
)

// ModelsCredential is the type of credentials of providers of language models.
const ModelsCredential = "ai.models"

// ModelsConfig is what a credential of that type says, and its key. The name is the one of the credential.
func ModelsConfig(name string, values map[string]string) (c llm.Config, key string) {
	return llm.Config{
		Name: strings.ReplaceAll(name, "/", "-"), Kind: values["kind"], BaseURL: values["base_url"], Model: values["model"],
		Embedding: values["embedding"], RerankURL: values["rerank_url"], Reranker: values["reranker"],
	}, values["key"]
}

// ModelsKeep says which answers of a credential of that type are kept.
func ModelsKeep(values map[string]string) llm.Keep {
	switch values["keep"] {
	case "always":
		return llm.KeepAll
	case "never":
		return llm.KeepNever
	}
	return llm.KeepCold
}

// CredentialTypes returns the types of credentials that the kinds take.
func CredentialTypes() []engine.CredentialType {
	return []engine.CredentialType{
		{Name: "http.basic", Title: "HTTP: name and password", Fields: engine.ParamsOf(credBasic{}), Secret: []string{"password"}},
		{Name: "http.bearer", Title: "HTTP: bearer token", Help: "Sent as Authorization: Bearer …", Fields: engine.ParamsOf(credBearer{}), Secret: []string{"token"}},
		{Name: "http.header", Title: "HTTP: header", Help: "For keys that are sent in a header of their own.", Fields: engine.ParamsOf(credNamed{}), Secret: []string{"value"}},
		{Name: "http.query", Title: "HTTP: query parameter", Help: "For keys that are sent in the address.", Fields: engine.ParamsOf(credNamed{}), Secret: []string{"value"}},
		{Name: "http.oauth2_client", Title: "HTTP: OAuth 2 client credentials", Help: "A token is fetched with id and secret and renewed when it expires.", Fields: engine.ParamsOf(credOAuth{Style: "header"}), Secret: []string{"client_secret"}},
		{Name: "sql.postgres", Title: "PostgreSQL", Fields: engine.ParamsOf(credPostgres{SSLMode: "require"}), Secret: []string{"dsn", "password"}},
		{Name: "sql.sqlite", Title: "SQLite", Fields: engine.ParamsOf(credSQLite{}), Secret: []string{}},
		{Name: "smtp", Title: "Mail server (SMTP)", Fields: engine.ParamsOf(credSMTP{TLS: "starttls"}), Secret: []string{"password"}},
		{Name: ModelsCredential, Title: "Language models", Help: "OpenAI, Anthropic, Ollama, or a server that speaks as they do.", Fields: engine.ParamsOf(credModels{Kind: "openai", Keep: "cold"}), Secret: []string{"key"}},
		{Name: MCPCredential, Title: "MCP server", Help: "A server of tools that speaks the Model Context Protocol.", Fields: engine.ParamsOf(credMCP{}), Secret: []string{"token"}},
		{Name: "secret", Title: "Secret", Help: "A key for signatures.", Fields: engine.ParamsOf(credSecret{}), Secret: []string{"secret"}},
	}
}
