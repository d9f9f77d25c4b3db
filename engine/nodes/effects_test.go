package nodes_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/atelier-studio/atelier/engine"
	"github.com/atelier-studio/atelier/engine/nodes"
)

// TestEffects holds what a crash may repeat: a mistake here does something twice.
func TestEffects(t *testing.T) {
	t.Parallel()
	set := nodes.Catalogue(&nodes.Deps{})
	for _, tt := range []struct {
		kind   string
		params map[string]any
		want   engine.Effect
	}{
		{"http.request", map[string]any{}, engine.NoEffect},
		{"http.request", map[string]any{"method": "head"}, engine.NoEffect},
		{"http.request", map[string]any{"method": "POST"}, engine.Idempotent},
		{"http.request", map[string]any{"method": "DELETE", "repeat": "never"}, engine.AtMostOnce},
		{"sql.query", map[string]any{"query": "-- insert\nselect 'delete; drop', \"update\" from t where a = $1;"}, engine.NoEffect},
		{"sql.query", map[string]any{"query": "with x as (select 1) select * from x"}, engine.NoEffect},
		{"sql.query", map[string]any{"query": "with x as (delete from t returning *) select * from x"}, engine.AtMostOnce},
		{"sql.query", map[string]any{"query": "select 1; /* ; */ insert into t values (1)"}, engine.AtMostOnce},
		{"sql.query", map[string]any{"query": "select $a$; insert into t values (1); --$a$"}, engine.AtMostOnce},
		{"sql.query", map[string]any{"query": "select [a; 'b]; delete from t --']"}, engine.AtMostOnce},
		{"sql.query", map[string]any{"query": "select * into copy from t"}, engine.AtMostOnce},
		{"sql.query", map[string]any{"query": "explain analyze delete from t"}, engine.AtMostOnce},
		{"sql.query", map[string]any{"query": "update t set a = 1", "repeat": "safe"}, engine.Idempotent},
		{"sql.query", map[string]any{"query": ""}, engine.AtMostOnce},
		{"file.write", map[string]any{}, engine.Idempotent},
		{"file.write", map[string]any{"mode": "append"}, engine.AtMostOnce},
		{"mail.send", map[string]any{}, engine.AtMostOnce},
		{"flow.call", map[string]any{}, engine.Idempotent},
		{"ai.chat", map[string]any{}, engine.Idempotent},
		{"ai.extract", map[string]any{"repeat": "never"}, engine.AtMostOnce},
		{"rag.answer", map[string]any{"repeat": "never"}, engine.NoEffect},
		{"rag.answer", map[string]any{"credential": "Models"}, engine.Idempotent},
		{"rag.search", map[string]any{}, engine.NoEffect},
		{"rag.ingest", map[string]any{}, engine.Idempotent},
		{"data.set", map[string]any{}, engine.NoEffect},
	} {
		k, _ := set.Kind(tt.kind)
		got := k.Effect
		if k.EffectOf != nil {
			params := reflect.New(reflect.TypeOf(k.Defaults))
			params.Elem().Set(reflect.ValueOf(k.Defaults))
			must(t, json.Unmarshal([]byte(text(tt.params)), params.Interface()))
			got = k.EffectOf(params.Elem().Interface())
		}
		if got != tt.want {
			t.Errorf("%s %s has the effect %d, want %d", tt.kind, text(tt.params), got, tt.want)
		}
	}
}
