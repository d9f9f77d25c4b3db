package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/atelier-studio/atelier/agents"
	"github.com/atelier-studio/atelier/agents/access"
	"github.com/atelier-studio/atelier/agents/campaign"
	qadesk "github.com/atelier-studio/atelier/agents/desk"
	"github.com/atelier-studio/atelier/agents/journey"
	"github.com/atelier-studio/atelier/agents/report"
)

// given reads what people describe in files: the roles of the application, and ways through it.
func (o *qaFlags) given(p *process) error {
	const most = 1 << 20
	s := &o.settings
	if o.journeys != "" {
		data, err := readLimited(o.journeys, most)
		if err == nil {
			s.Journeys, err = journey.Read(data)
		}
		if err != nil {
			return fmt.Errorf("--journeys: %w", err)
		}
	}
	if o.roles == "" {
		return nil
	}
	data, err := readLimited(o.roles, most)
	if err != nil {
		return fmt.Errorf("--roles: %w", err)
	}
	table, err := access.Read(data)
	if err != nil {
		return fmt.Errorf("--roles: %w", err)
	}
	s.Access = *table
	for _, role := range table.Roles {
		known := slices.ContainsFunc(s.Accounts, func(l campaign.Login) bool { return l.Role == role.Name })
		if known || role.PasswordFrom == "" {
			continue
		}
		login, err := loginFrom(p, role.Name, role.User, role.PasswordFrom)
		if err != nil {
			return fmt.Errorf("--roles: role %q: %w", role.Name, err)
		}
		s.Accounts = append(s.Accounts, login)
	}
	return nil
}

// readBaseline reads what an earlier campaign on a target left, from its baseline.json, its report.json or the folder with
// both; nil for "".
func readBaseline(name, target string) (*agents.Baseline, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, baselineFile)
	}
	const most = 256 << 20
	data, err := readLimited(name, most)
	if err != nil {
		return nil, err
	}
	var before *agents.Baseline
	if bytes.Contains(data[:min(len(data), 200)], []byte(report.Schema)) {
		file, err := report.Read(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if file.Result.Surface == nil {
			return nil, fmt.Errorf("the campaign of %s discovered nothing that could be compared with", name)
		}
		before = campaign.BaselineOf(file.Result)
	} else if before, err = agents.DecodeBaseline(data); err != nil {
		return nil, err
	}
	if was, now := qadesk.OriginOf(before.Surface.Target), qadesk.OriginOf(target); was != now {
		return nil, fmt.Errorf("%s is of a campaign on %s, and not on %s", name, was, now)
	}
	return before, nil
}
