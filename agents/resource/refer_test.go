package resource_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/atelier-studio/atelier/agents/probes/try"
	"github.com/atelier-studio/atelier/agents/resource"
)

const bookings = `{"openapi":"3.1.0","info":{"title":"Rooms","version":"1"},"paths":{
"/api/meeting-rooms":{"get":{"responses":{"200":{"description":"ok"}}}},
"/api/bookings":{"post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["meeting_room_id","title"],
	"properties":{"meeting_room_id":{"type":"integer"},"title":{"type":"string"},"guest_id":{"type":["integer","null"]}}}}}},"responses":{"201":{"description":"ok"}}}},
"/api/bookings/{id}":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],
	"get":{"responses":{"200":{"description":"ok"}}},"delete":{"responses":{"204":{"description":"ok"}}}}}}`

// What refers to something else is made with an id that the target has, and without one where none is needed.
func TestReferences(t *testing.T) {
	t.Parallel()
	kept := &shelf{}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!doctype html><title>Rooms</title>") })
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, json.RawMessage(bookings)) })
	mux.HandleFunc("GET /api/meeting-rooms", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"items": []any{map[string]any{"id": 8127, "name": "Blue"}}, "total": 1})
	})
	mux.HandleFunc("POST /api/bookings", func(w http.ResponseWriter, r *http.Request) {
		var in map[string]any
		if json.NewDecoder(r.Body).Decode(&in) != nil || in["meeting_room_id"] != 8127.0 || in["guest_id"] != nil {
			answer(w, http.StatusUnprocessableEntity, map[string]string{"error": "there is no such room or guest"})
			return
		}
		in["id"] = kept.add(in)
		answer(w, http.StatusCreated, in)
	})
	mux.HandleFunc("/api/bookings/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, _ := strconv.Atoi(r.PathValue("id"))
		kept.mu.Lock()
		defer kept.mu.Unlock()
		switch one, ok := kept.kept[id]; {
		case !ok:
			answer(w, http.StatusNotFound, map[string]string{"error": "there is none"})
		case r.Method == http.MethodDelete:
			delete(kept.kept, id)
			w.WriteHeader(http.StatusNoContent)
		default:
			answer(w, http.StatusOK, one)
		}
	})
	var saw []string
	r := try.Probe(t, walk(resource.With(resource.Read, resource.Delete), &saw), mux, try.Options{Intrusive: true})
	try.Want(t, r, "walk", 0)
	if want := []string{`/api/bookings 1 as "": read true`, `/api/bookings 2 as "": read true`, "deleted true, then 404"}; !slices.Equal(saw, want) {
		t.Errorf("%q", saw)
	}
	if ids := kept.ids(); len(ids) > 0 {
		t.Errorf("what was made is still there: %v", ids)
	}
}
