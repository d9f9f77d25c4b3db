package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/atelier-studio/atelier/locales"
	"github.com/atelier-studio/atelier/rag/library"
	"github.com/atelier-studio/atelier/rag/site"
	"github.com/atelier-studio/atelier/views"
)

// shownPages is how many pages of an address stand on one page of the studio.
const shownPages = 100

func addressesPage(s *Server, c *Ctx) error {
	found, err := s.Store.Collection(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	return s.showAddresses(c, http.StatusOK, views.AddressesView{Collection: *found, Entered: site.Source{Kind: site.One, Pages: site.DefaultPages, Depth: site.DefaultDepth}})
}

func (s *Server) showAddresses(c *Ctx, status int, v views.AddressesView) error {
	var err error
	if v.Sources, err = s.Store.Sources(c.Context(), c.Scope(), v.Collection.ID); err != nil {
		return err
	}
	title := c.T("Addresses of {name}", "name", v.Collection.Name)
	return c.View(status, views.AddressesPage(c.collectionPage(title, collectionLink(v.Collection)), v))
}

func collectionLink(c library.Collection) views.Link {
	return views.Link{Text: c.Name, Href: "/collections/" + c.ID}
}

func addAddress(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	found, err := s.Store.Collection(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return err
	}
	v := enteredSource(form)
	_, err = apiAddAddress(s, c, newAddressIn{found.ID, v.Address, v.Kind, v.Pages, v.Depth, v.Tags, v.Every, v.InStep})
	if err == nil {
		return errors.Join(c.Say(c.T("The address is added. Its pages come one after the other.")), c.Back("/collections/"+found.ID+"/addresses"))
	}
	wrong, err := mistakes(c, err)
	if err != nil {
		return err
	}
	return s.showAddresses(c, http.StatusUnprocessableEntity, views.AddressesView{Collection: *found, Entered: v, Mistakes: wrong})
}

// enteredSource reads the form of an address. What is no number is left to the checks of all sources.
func enteredSource(form url.Values) site.Source {
	number := func(name string) int {
		if strings.TrimSpace(form.Get(name)) == "" {
			return 0
		}
		n, err := strconv.Atoi(strings.TrimSpace(form.Get(name)))
		if err != nil {
			return -1
		}
		return n
	}
	v := site.Source{
		Address: strings.TrimSpace(form.Get("address")), Kind: site.Kind(form.Get("kind")), Pages: number("pages"), Depth: number("depth"),
		Every: site.Every(form.Get("every")), InStep: form.Get("in_step") != "", Tags: []string{},
	}
	for tag := range strings.SplitSeq(form.Get("tags"), ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			v.Tags = append(v.Tags, tag)
		}
	}
	return v
}

// addressPage shows what the last look at an address found, page by page.
func addressPage(s *Server, c *Ctx) error {
	v, err := s.addressView(c)
	if err != nil {
		return err
	}
	return s.showAddress(c, http.StatusOK, v)
}

func (s *Server) addressView(c *Ctx) (v views.AddressView, err error) {
	found, err := s.Store.Collection(c.Context(), c.Scope(), c.Param("id"))
	if err != nil {
		return v, err
	}
	source, err := s.Store.Source(c.Context(), c.Scope(), found.ID, c.Param("address"))
	v = views.AddressView{Collection: *found, Source: source, State: site.State(c.QueryParam("state")), After: c.QueryParam("after")}
	if !slices.Contains(site.States, v.State) {
		v.State = ""
	}
	v.Entered = v.Source
	return v, err
}

func (s *Server) showAddress(c *Ctx, status int, v views.AddressView) (err error) {
	if v.Pages, v.Next, err = s.Store.SourcePages(c.Context(), c.Scope(), v.Collection.ID, v.Source.ID, v.State, v.After, shownPages); err != nil {
		return err
	}
	page := c.collectionPage(v.Source.Address, collectionLink(v.Collection), views.Link{Text: c.T("Addresses"), Href: "/collections/" + v.Collection.ID + "/addresses"})
	return c.View(status, views.AddressPage(page, v))
}

func saveAddress(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	v, err := s.addressView(c)
	if err != nil {
		return err
	}
	e := enteredSource(form)
	if _, err = apiPutAddress(s, c, putAddressIn{v.Collection.ID, v.Source.ID, &e.Pages, &e.Depth, e.Tags, &e.Every, &e.InStep}); err == nil {
		return errors.Join(c.Say(c.T("{name} is saved.", "name", v.Source.Address)), c.Back("/collections/"+v.Collection.ID+"/addresses/"+v.Source.ID))
	}
	if v.Mistakes, err = mistakes(c, err); err != nil {
		return err
	}
	e.Address, e.Kind = v.Source.Address, v.Source.Kind
	v.Entered = e
	return s.showAddress(c, http.StatusUnprocessableEntity, v)
}

func orderAddress(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	order := form.Get("order")
	out, err := apiOrderAddress(s, c, orderAddressIn{c.Param("id"), c.Param("address"), order})
	if err != nil {
		return err
	}
	text := map[string]string{
		"look": c.T("The address is looked at again."), "pause": c.T("The address is paused."), "resume": c.T("The address is looked at again."),
		"forget_gone": c.T("Deleted: {n}", "n", out.Count), "restore": c.T("Queued again: {n}", "n", out.Count),
	}[order]
	back := "/collections/" + c.Param("id") + "/addresses"
	if form.Get("back") == "address" {
		back += "/" + c.Param("address")
	}
	return errors.Join(c.Say(text), c.Back(back))
}

func deleteAddress(s *Server, c *Ctx) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	out, err := apiDeleteAddress(s, c, deleteAddressIn{c.Param("id"), c.Param("address"), form.Get("documents") != ""})
	if err != nil {
		return err
	}
	text := c.T("The address is removed. Its documents stay.")
	if form.Get("documents") != "" {
		text = locales.Count(locales.Of(c.Context()), out.Count, "The address is removed, and {n} document with it.", "The address is removed, and {n} documents with it.")
	}
	return errors.Join(c.Say(text), c.Back("/collections/"+c.Param("id")+"/addresses"))
}
