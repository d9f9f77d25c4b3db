package engine

import "slices"

// Surroundings are what a workflow stands in, as far as the caller knows it.
type Surroundings struct {
	Credentials []Credential      // of the workspace; nil: not known
	Variables   []string          // names; nil: not known
	Claimed     map[string]string // what nodes of other workflows claim (Kind.Claims), with the workflow's name
}

// mostProblems bounds a lint's answer: nobody reads more, and each may carry a fix.
const mostProblems = 1000

// Lint is Validate for people who are drawing: it finds more that is probably not meant, offers a fix where one edit
// mends it, and marks the warnings that people chose to ignore. It executes nothing.
func Lint(w *Workflow, c Catalogue, around Surroundings) []Problem {
	v := &validator{w: w, c: c, index: make(map[string]int, len(w.Nodes))}
	v.fixer = newFixer(w, around)
	v.all()
	v.habits()
	for i := range v.problems {
		p := &v.problems[i]
		if at, ok := v.index[p.Node]; ok {
			p.Ignored = p.ignoredBy(&w.Nodes[at])
		}
	}
	if len(v.problems) > mostProblems { // what keeps the workflow from running comes first
		slices.SortStableFunc(v.problems, func(a, b Problem) int { return rankOf(a) - rankOf(b) })
		v.problems = v.problems[:mostProblems]
	}
	return v.problems
}

func rankOf(p Problem) int {
	switch {
	case !p.Warning:
		return 0
	case !p.Ignored:
		return 1
	}
	return 2
}

// habits finds what works, or seems to, and should be done in another way.
func (v *validator) habits() {
	for i := range v.w.Nodes {
		n := &v.w.Nodes[i]
		kind, ok := v.c.Kind(n.Kind)
		if !ok || n.Disabled {
			v.secrets(n, nil)
			continue
		}
		v.secrets(n, kind)
		v.deprecated(n, kind)
		v.credentials(n, kind)
	}
}

func (v *validator) deprecated(n *Node, kind *Kind) {
	if kind.Deprecated == "" {
		return
	}
	next, ok := v.c.Kind(kind.Deprecated)
	if !ok {
		v.warn(n.ID, "", "deprecated", "%s is kept only for older workflows: %s", kind.Title, kind.Deprecated)
		return
	}
	v.warn(n.ID, "", "deprecated", "%s is kept only for older workflows: use %s instead", kind.Title, next.Title)
	v.fix("Replace it", setOp(n.ID, "kind", next.Name))
}

// credentials warns of names that the workspace does not know, and of credentials that the node cannot use.
func (v *validator) credentials(n *Node, kind *Kind) {
	if v.fixer.around.Credentials == nil {
		return
	}
	for _, p := range kind.Params {
		name, _ := n.Params[p.Name].(string)
		if p.Widget != "credential" || name == "" || name[0] == '=' || !shown(p.Show, n.Params, kind.Params) {
			continue
		}
		var fitting []string
		known, fits := "", false
		for _, c := range v.fixer.around.Credentials {
			ok := len(kind.Credentials) == 0 || slices.Contains(kind.Credentials, c.Type)
			if ok {
				fitting = append(fitting, c.Name)
			}
			if c.Name == name {
				known, fits = c.Type, ok
			}
		}
		switch {
		case known == "":
			v.warn(n.ID, p.Name, "missing-credential", "the credential %q is not in this workspace: make it, or choose another", name)
		case !fits:
			v.warn(n.ID, p.Name, "wrong-credential", "the credential %q is of the type %s, which this node cannot use", name, known)
		default:
			continue
		}
		if len(fitting) == 1 {
			v.fix("Use the one that fits", setOp(n.ID, "params."+p.Name, fitting[0]))
		}
	}
}

// claims warns of an address that another node has.
func (v *validator) claims(n *Node, kind *Kind, b *binder) {
	param, claims := kind.Claims(b.base.Interface())
	for _, claim := range claims {
		workflow, taken := v.fixer.around.Claimed[claim]
		other, twice := v.fixer.claimed[claim]
		switch {
		case twice:
			v.warn(n.ID, param, "duplicate-address", "%q has the same address: only one of them could be called", other)
		case taken:
			v.warn(n.ID, param, "duplicate-address", "the workflow %q has this address: choose another, or switch that workflow off", workflow)
		default:
			v.fixer.claimed[claim] = n.Name
			continue
		}
		v.fixAddress(n, kind, param)
		return
	}
}
