package web

import "github.com/atelier-studio/atelier/auth"

// addressRoutes are the addresses that collections are filled from: their pages and their API.
var addressRoutes = []route{
	{Method: "GET", Path: "/collections/:id/addresses", Permission: auth.CollectionView, Handle: addressesPage},
	{Method: "POST", Path: "/collections/:id/addresses", Permission: auth.CollectionEdit, Handle: addAddress, Body: formBody},
	{Method: "GET", Path: "/collections/:id/addresses/:address", Permission: auth.CollectionView, Handle: addressPage},
	{Method: "POST", Path: "/collections/:id/addresses/:address", Permission: auth.CollectionEdit, Handle: saveAddress, Body: formBody},
	{Method: "POST", Path: "/collections/:id/addresses/:address/order", Permission: auth.CollectionEdit, Handle: orderAddress, Body: formBody},
	{Method: "POST", Path: "/collections/:id/addresses/:address/delete", Permission: auth.CollectionEdit, Handle: deleteAddress, Body: formBody},

	call("GET", "/collections/:id/addresses", auth.CollectionView, "Addresses that a collection is filled from, and what the last look at each found", apiAddresses),
	call("POST", "/collections/:id/addresses", auth.CollectionEdit, "Fill a collection from an address: a page, a site map, or what links lead to below it", apiAddAddress, made, costs(costSome)),
	call("GET", "/collections/:id/addresses/:address", auth.CollectionView, "An address that a collection is filled from", apiAddress),
	call("POST", "/collections/:id/addresses/:address", auth.CollectionEdit, "Change how an address is looked at", apiPutAddress),
	call("DELETE", "/collections/:id/addresses/:address", auth.CollectionEdit, "Fill a collection from an address no more", apiDeleteAddress),
	call("POST", "/collections/:id/addresses/:address/order", auth.CollectionEdit, "Look at an address again, pause it, go on, or settle what is gone", apiOrderAddress, costs(costSome)),
	call("GET", "/collections/:id/addresses/:address/pages", auth.CollectionView, "Pages of an address, and what the last look found of each", apiAddressPages),
}
