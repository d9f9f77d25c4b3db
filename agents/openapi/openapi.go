// Package openapi reads a target's description of its API (OpenAPI 3, Swagger 2), and makes requests that fit it.
package openapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/goccy/go-yaml"
)

// API is a description that was read.
type API struct {
	Doc  *openapi3.T
	Base *url.URL // where its paths begin
}

// Op is an operation of it.
type Op struct {
	Method, Path string
	*openapi3.Operation
	// Parameters are the operation's and its path's.
	Parameters openapi3.Parameters
	// Secured tells that it wants credentials.
	Secured bool
}

// maxOperations bounds what is made of a description.
const maxOperations = 1000

// Read reads a description found at an address. References to other files are not followed. The error wraps
// fs.ErrInvalid and says what is wrong.
func Read(data []byte, at string) (api *API, err error) {
	defer func() { // a reader of strangers' files that panics has read nothing
		if p := recover(); p != nil {
			api, err = nil, fmt.Errorf("the description cannot be read: %v (%w)", p, fs.ErrInvalid)
		}
	}()
	var version struct {
		Swagger string `json:"swagger" yaml:"swagger"`
	}
	if yaml.Unmarshal(data, &version) == nil && strings.HasPrefix(version.Swagger, "2") {
		return readSwagger(data, at)
	}
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = false
	doc, err := loader.LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("the description cannot be read: %w (%w)", err, fs.ErrInvalid)
	}
	return with(doc, at)
}

func readSwagger(data []byte, at string) (*API, error) {
	var old openapi2.T
	if !json.Valid(data) {
		converted, err := yaml.YAMLToJSON(data)
		if err != nil {
			return nil, fmt.Errorf("the description cannot be read: %w (%w)", err, fs.ErrInvalid)
		}
		data = converted
	}
	if err := json.Unmarshal(data, &old); err != nil {
		return nil, fmt.Errorf("the description cannot be read: %w (%w)", err, fs.ErrInvalid)
	}
	doc, err := openapi2conv.ToV3(&old)
	if err != nil {
		return nil, fmt.Errorf("the description cannot be read: %w (%w)", err, fs.ErrInvalid)
	}
	return with(doc, at)
}

func with(doc *openapi3.T, at string) (*API, error) {
	if doc.Paths == nil || doc.Paths.Len() == 0 {
		return nil, fmt.Errorf("the description names no paths (%w)", fs.ErrInvalid)
	}
	base, err := url.Parse(at)
	if err != nil {
		return nil, err
	}
	base.Path, base.RawPath, base.RawQuery, base.Fragment = "", "", "", ""
	if len(doc.Servers) > 0 {
		address := doc.Servers[0].URL
		for name, v := range doc.Servers[0].Variables {
			address = strings.ReplaceAll(address, "{"+name+"}", v.Default)
		}
		// Another host in a description is most likely where it is published; what is tested is here.
		if u, err := url.Parse(address); err == nil {
			base.Path = strings.TrimSuffix(u.Path, "/")
		}
	}
	return &API{Doc: doc, Base: base}, nil
}

// Operations are all operations, in the order of their paths and methods.
func (a *API) Operations() []Op {
	var list []Op
	for path, item := range a.Doc.Paths.Map() {
		for method, operation := range item.Operations() {
			op := Op{Method: method, Path: path, Operation: operation, Secured: a.secured(operation)}
			op.Parameters = append(op.Parameters, operation.Parameters...)
			for _, p := range item.Parameters {
				if p.Value != nil && operation.Parameters.GetByInAndName(p.Value.In, p.Value.Name) == nil {
					op.Parameters = append(op.Parameters, p)
				}
			}
			list = append(list, op)
		}
	}
	slices.SortFunc(list, func(x, y Op) int { return cmp.Or(strings.Compare(x.Path, y.Path), strings.Compare(x.Method, y.Method)) })
	return list[:min(len(list), maxOperations)]
}

func (a *API) secured(operation *openapi3.Operation) bool {
	requirements := a.Doc.Security
	if operation.Security != nil {
		requirements = *operation.Security
	}
	for _, r := range requirements {
		if len(r) == 0 { // {} says that nobody may, too
			return false
		}
	}
	return len(requirements) > 0
}
