package store

import (
	"database/sql/driver"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/netip"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"
)

// sqlArgument turns a JSON value into what both drivers take.
func sqlArgument(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, string, int64, []byte:
		return v, nil
	case int:
		return int64(v), nil
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v), nil
		}
		return v, nil
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		return v.Float64()
	default:
		data, err := json.Marshal(v)
		if err != nil {
			return nil, invalid("a value of type %T cannot be given to a database", v)
		}
		return string(data), nil
	}
}

// jsonValue turns what a driver gives into a JSON value.
func jsonValue(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int64:
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
		return v
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case uint32:
		return int64(v)
	case float32:
		return jsonValue(float64(v))
	case []byte:
		if utf8.Valid(v) {
			return string(v)
		}
		return base64.StdEncoding.EncodeToString(v)
	case [16]byte:
		return fmt.Sprintf("%s-%s-%s-%s-%s", hex.EncodeToString(v[:4]), hex.EncodeToString(v[4:6]), hex.EncodeToString(v[6:8]), hex.EncodeToString(v[8:10]), hex.EncodeToString(v[10:]))
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case pgtype.Numeric:
		data, err := v.MarshalJSON()
		if err != nil || v.NaN || v.InfinityModifier != pgtype.Finite {
			return fmt.Sprint(v)
		}
		if !v.Valid {
			return nil
		}
		return json.Number(data)
	case []any:
		for i := range v {
			v[i] = jsonValue(v[i])
		}
		return v
	case map[string]any:
		for key := range v {
			v[key] = jsonValue(v[key])
		}
		return v
	case netip.Prefix:
		return v.String()
	case driver.Valuer:
		if plain, err := v.Value(); err == nil {
			return jsonValue(plain)
		}
	}
	return fmt.Sprint(v)
}
