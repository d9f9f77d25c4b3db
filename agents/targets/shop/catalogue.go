package shop

import (
	"net/http"
	"strconv"
	"strings"
)

// product is something to buy.
type product struct {
	ID    int    `json:"id"`
	Name  string `json:"name"`
	Text  string `json:"text"`
	Cents int    `json:"cents"`
}

var products = []product{
	{1, "Walnut desk", "A desk of oiled walnut with two drawers, made in one piece and delivered by two people.", 64900},
	{2, "Brass lamp", "A reading lamp with a brass arm that stays where it is put.", 12900},
	{3, "Wool blanket", "A heavy blanket of undyed wool from a small mill in the hills.", 8900},
	{4, "Oak shelf", "Four boards of oak and eight steel pins: nothing to screw, nothing to lose.", 23900},
	{5, "Linen curtain", "A curtain of washed linen that lets the morning in and the street out.", 7400},
	{6, "Stone bowl", "A bowl turned from grey soapstone, each a little different from the next.", 4900},
	{7, "Cork board", "A board of thick cork that takes pins for years.", 3900},
	{8, "Ash chair", "A light chair of ash with a woven seat.", 17900},
}

const perPage = 4

func (s *Shop) catalogue() {
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		s.draw(w, r, http.StatusOK, "home.html", view{Title: "Things for quiet rooms", Data: products[:3], Once: s.has("ticker-stays-away")})
	})
	s.mux.HandleFunc("GET /products", func(w http.ResponseWriter, r *http.Request) {
		page, err := strconv.Atoi(r.FormValue("page"))
		if err != nil || page < 1 {
			page = 1
		}
		from := min((page-1)*perPage, len(products))
		list := products[from:min(from+perPage, len(products))]
		if len(list) == 0 {
			s.missing(w, r)
			return
		}
		s.draw(w, r, http.StatusOK, "products.html", view{Title: "All products, page " + strconv.Itoa(page), Data: map[string]any{
			"List": list, "Page": page, "Before": page - 1, "After": page + 1, "Last": from+perPage >= len(products),
		}})
	})
	s.mux.HandleFunc("GET /products/{id}", func(w http.ResponseWriter, r *http.Request) {
		p := productOf(r.PathValue("id"))
		if p == nil {
			s.missing(w, r)
			return
		}
		s.draw(w, r, http.StatusOK, "product.html", view{Title: p.Name, Data: p})
	})
	s.mux.HandleFunc("GET /search", func(w http.ResponseWriter, r *http.Request) {
		asked := strings.TrimSpace(r.FormValue("q"))
		if len(asked) > 100 {
			asked = strings.ToValidUTF8(asked[:100], "")
		}
		s.draw(w, r, http.StatusOK, "search.html", view{Title: "Search", Data: map[string]any{"Asked": asked, "List": s.search(asked)}})
	})
}

func productOf(id string) *product {
	for i := range products {
		if strconv.Itoa(products[i].ID) == id {
			return &products[i]
		}
	}
	return nil
}

func (s *Shop) search(asked string) []product {
	var list []product
	if s.has("finds-nothing") {
		return nil
	}
	for _, p := range products {
		if asked != "" && strings.Contains(strings.ToLower(p.Name+" "+p.Text), strings.ToLower(asked)) {
			list = append(list, p)
		}
	}
	return list
}
