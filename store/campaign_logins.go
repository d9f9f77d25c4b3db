package store

import (
	"context"
	"slices"

	"github.com/atelier-studio/atelier/agents/campaign"
	"github.com/atelier-studio/atelier/agents/desk"
)

// keptLogins are the accounts of a campaign or a plan, with what opens them, and where they belong.
type keptLogins struct {
	name     string
	settings campaign.Settings
}

// keptLogins reads those of a campaign for accounts that lack something; nil when none is named, or needed.
func (s *Store) keptLogins(ctx context.Context, ws, from string, logins []campaign.Login) (*keptLogins, error) {
	if from == "" || !slices.ContainsFunc(logins, func(l campaign.Login) bool { return !opens(l) }) {
		return nil, nil //nolint:nilnil // see above
	}
	was, err := s.campaign(ctx, ws, from)
	if err != nil {
		return nil, err
	}
	sealed, err := one(ctx, s.library.reader(), "such campaign", scanText, "SELECT sealed FROM campaigns WHERE workspace = $1 AND id = $2", ws, from)
	if err != nil {
		return nil, err
	}
	was.Settings.Accounts, err = s.openLogins(ctx, ws, "campaigns", from, sealed, was.Settings.Accounts)
	return &keptLogins{was.Name, was.Settings}, err
}

// opens tells whether an account has what opens it.
func opens(l campaign.Login) bool { return l.Password != "" || l.Header != "" }

// inherit gives accounts that lack it what opened the same accounts before. Each of those is used once, and only for the
// target that it was entered for: whoever may ask for campaigns must not learn, with a target of their own, what others
// entered, and nobody sends by accident to one target what belongs to another. The error wraps fs.ErrInvalid and says what
// has to be entered again.
func inherit(s *campaign.Settings, from ...*keptLogins) ([]campaign.Login, error) {
	full := slices.Clone(s.Accounts)
	refused := map[int]error{}
	for _, was := range from {
		if was == nil {
			continue
		}
		elsewhere := was.elsewhere(s)
		for i, k := range was.fit(full) {
			switch {
			case opens(full[i]) || !opens(was.settings.Accounts[k]):
			case elsewhere != nil:
				refused[i] = elsewhere
			default:
				full[i] = was.settings.Accounts[k]
			}
		}
	}
	for i := range full {
		if !opens(full[i]) && refused[i] != nil {
			return nil, refused[i]
		}
	}
	return full, nil
}

// fit finds for accounts which of the kept ones each of them is, first of all the one in the same place.
func (k *keptLogins) fit(logins []campaign.Login) map[int]int {
	same := func(i, at int) bool {
		return logins[i].Role == k.settings.Accounts[at].Role && logins[i].User == k.settings.Accounts[at].User
	}
	of, used := map[int]int{}, map[int]bool{}
	for i := range min(len(logins), len(k.settings.Accounts)) {
		if same(i, i) {
			of[i], used[i] = i, true
		}
	}
	for i := range logins {
		for at := range k.settings.Accounts {
			if _, found := of[i]; !found && !used[at] && same(i, at) {
				of[i], used[at] = at, true
			}
		}
	}
	return of
}

// elsewhere says why what was kept must not be sent where a campaign sends it; nil when it may.
func (k *keptLogins) elsewhere(s *campaign.Settings) error {
	known := originsOf(&k.settings)
	if desk.OriginOf(s.Target) != known[0] {
		return invalid("the passwords of %.80q are kept for %s; enter them again for %s", k.name, known[0], desk.OriginOf(s.Target))
	}
	for _, origin := range originsOf(s) {
		if !slices.Contains(known, origin) {
			return invalid("the passwords of %.80q are kept for campaigns without %s; enter them again for one with it", k.name, origin)
		}
	}
	return nil
}

// originsOf are all that belong to a target, its own first.
func originsOf(s *campaign.Settings) []string {
	list := []string{desk.OriginOf(s.Target)}
	for _, address := range s.Origins {
		list = append(list, desk.OriginOf(address))
	}
	return list
}
