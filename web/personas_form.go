package web

import (
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/views"
)

// enteredPersona is a persona as a form has it; what the form does not show stays as it was.
func (s *Server) enteredPersona(form url.Values, was agents.Persona) (agents.Persona, error) {
	p := was
	p.ID, p.Name, p.Area = strings.TrimSpace(form.Get("id")), strings.TrimSpace(form.Get("name")), agents.Area(form.Get("area"))
	p.Skills, p.Focus = listed(form.Get("skills")), listed(form.Get("focus"))
	if was.Role == "" || was.Role == was.Name {
		p.Role = p.Name
	}
	p.Probes = s.tickedProbes(was.Probes, form["probe"])
	requests, minutes, err := limitsOf(form)
	if err != nil {
		return p, err
	}
	p.Limits.Requests = requests
	p.Limits.Time = minutes
	return p, nil
}

// tickedProbes are the probes of a persona after its form: those that it had keep their order, and those that no persona of the
// studio makes stay, since the form does not offer them.
func (s *Server) tickedProbes(was, ticked []string) []string {
	var list []string
	for _, id := range was {
		offered := slices.ContainsFunc(s.Campaigns.Personas, func(p agents.Persona) bool { return slices.Contains(p.Probes, id) })
		if !offered || slices.Contains(ticked, id) {
			list = append(list, id)
		}
	}
	for _, id := range ticked {
		if !slices.Contains(list, id) {
			list = append(list, id)
		}
	}
	return list
}

func limitsOf(form url.Values) (requests int, life time.Duration, err error) {
	read := func(name string, most float64) float64 {
		text := strings.TrimSpace(form.Get(name))
		if text == "" || err != nil {
			return 0
		}
		n, bad := strconv.ParseFloat(text, 64)
		if bad != nil || !(n >= 0 && n <= most) {
			err = wrongField{name, invalidInput("A limit is a number from 0 to %.0f.", most)}
		}
		return n
	}
	n := read("limit-requests", maxLimitRequests)
	if err == nil && n != math.Trunc(n) {
		err = wrongField{"limit-requests", invalidInput("%q is no whole number.", form.Get("limit-requests"))}
	}
	requests = int(n)
	return requests, time.Duration(read("limit-minutes", maxLimitMinutes) * float64(time.Minute)), err
}

// The most that a persona can be limited to: what a campaign can have.
const (
	maxLimitRequests = 1_000_000
	maxLimitMinutes  = 24 * 60
)

// formMinutes is a limit of time as the form shows it.
func formMinutes(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return strconv.FormatFloat(d.Minutes(), 'f', -1, 64)
}

// personaForm is the form of a persona.
func (s *Server) personaForm(p agents.Persona) views.PersonaForm {
	f := views.PersonaForm{Persona: p, Requests: optional(p.Limits.Requests), Minutes: formMinutes(p.Limits.Time)}
	for _, of := range s.Campaigns.Personas {
		group := views.ProbeGroup{Name: of.Name}
		for _, id := range of.Probes {
			if probe := s.Campaigns.Probes[id]; probe != nil {
				group.Probes = append(group.Probes, probe)
			}
		}
		f.Groups = append(f.Groups, group)
	}
	return f
}

var copied = regexp.MustCompile(`_copy\d*$`)

// maxPersonaID is the most characters of a persona's id.
const maxPersonaID = 64

// freeID is an id for a copy of a persona that no other has, and which copy that is, counted from 1.
func freeID(id string, taken []agents.Persona) (free string, n int) {
	id = copied.ReplaceAllString(id, "")
	for n = 1; ; n++ {
		end := "_copy"
		if n > 1 {
			end += fmt.Sprint(n)
		}
		free = id[:min(len(id), maxPersonaID-len(end))] + end
		if !slices.ContainsFunc(taken, func(p agents.Persona) bool { return p.ID == free }) {
			return free, n
		}
	}
}
