package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/auth"
)

// apiDocument describes the API by OpenAPI 3.1. It is made from the table of routes and the types that the handlers
// use, so that it cannot say anything else than they do.
func apiDocument(s *Server, c *Ctx, _ nothing) error {
	return writeJSON(c, http.StatusOK, s.openAPI())
}

func (s *Server) openAPI() map[string]any {
	types := &schemas{named: map[string]any{}, taken: map[string]string{}}
	problem := types.of(typeOf[problemDocument]())
	paths := map[string]map[string]any{}
	for _, r := range routes() {
		if r.API == nil {
			continue
		}
		path := openPath(r.Path)
		if paths[path] == nil {
			paths[path] = map[string]any{}
		}
		paths[path][strings.ToLower(r.Method)] = operationOf(r, types, problem)
	}
	return map[string]any{
		"openapi": "3.1.0",
		"info": map[string]any{
			"title": "Atelier", "version": s.Version,
			"description": "Workflows, runs and what belongs to them. Times are microseconds since 1970 UTC. Errors are application/problem+json.",
		},
		"paths": paths,
		"components": map[string]any{
			"schemas": types.named,
			"securitySchemes": map[string]any{
				"session": map[string]any{"type": "apiKey", "in": "cookie", "name": sessionCookie},
				"key": map[string]any{"type": "http", "scheme": "bearer", "bearerFormat": auth.KeyPrefix + "…",
					"description": "A key from the settings. It may do what its scopes name (view, run, edit, or permissions such as those in x-permission), and no more than its person may."},
			},
		},
		"security": []any{map[string]any{"session": []any{}}, map[string]any{"key": []any{}}},
	}
}

// openPath writes the path of a row as OpenAPI does: {id} for :id.
func openPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, found := strings.CutPrefix(p, ":"); found {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func operationOf(r route, types *schemas, problem map[string]any) map[string]any {
	op := map[string]any{
		"summary": r.API.Summary, "operationId": operationID(r), "tags": []string{tag(r.Path)},
		"x-permission": string(r.Permission),
		"responses": map[string]any{
			strconv.Itoa(r.API.Status): answerOf(r, types),
			"default":                  map[string]any{"description": "What went wrong", "content": map[string]any{"application/problem+json": map[string]any{"schema": problem}}},
		},
	}
	if parameters := types.parameters(r.Path, r.API.In); len(parameters) > 0 {
		op["parameters"] = parameters
	}
	content := map[string]any{}
	if schema := types.body(r.API.In); schema != nil {
		content["application/json"] = map[string]any{"schema": schema}
	}
	for _, m := range r.API.Media {
		content[m] = map[string]any{"schema": map[string]any{"type": "object", "properties": map[string]any{
			"file": map[string]any{"type": "string", "contentMediaType": "application/octet-stream"},
		}}}
	}
	if len(content) > 0 {
		op["requestBody"] = map[string]any{"content": content}
	}
	return op
}

func answerOf(r route, types *schemas) map[string]any {
	if r.API.Out == nil && len(r.API.Answers) == 0 {
		return map[string]any{"description": "Done"}
	}
	content := map[string]any{}
	if r.API.Out != nil {
		content["application/json"] = map[string]any{"schema": types.of(r.API.Out)}
	}
	for _, m := range r.API.Answers {
		content[m] = map[string]any{"schema": map[string]any{"type": "string"}}
	}
	return map[string]any{"description": "Done", "content": content}
}

// operationID is a name for generated clients: getRunsIdEvents.
func operationID(r route) string {
	var b strings.Builder
	b.WriteString(strings.ToLower(r.Method))
	for part := range strings.FieldsFuncSeq(strings.TrimPrefix(r.Path, apiPrefix), func(c rune) bool { return c == '/' || c == ':' || c == '.' }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

func tag(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, apiPrefix+"/"), "/")
	return name
}
