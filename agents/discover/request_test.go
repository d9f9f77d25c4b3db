package discover_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/atelier-studio/atelier/agents/discover"
)

// Headers that an application wants go along; what says who asks, what holds for one request, and what every browser sends do not.
func TestCarried(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"X-Requested-With": true, "X-Csrf-Token": true, "X-Xsrf-Token": true, "Api-Version": true, "X-Tenant": true,
		"Authorization": false, "Cookie": false, "X-Auth-Token": false, "X-Access-Token": false, "X-Api-Key": false, "Token": false, "X-Session-Id": false, "AccessToken": false, "Ocp-Apim-Subscription-Key": false, "X-Sid": false,
		"Accept": false, "Accept-Language": false, "Content-Type": false, "User-Agent": false, "Referer": false, "Origin": false, "Sec-Fetch-Site": false,
		"If-Match": false, "Idempotency-Key": false, "X-Request-Id": false,
	} {
		if got := discover.Carried(http.Header{name: {"1"}}); (len(got) == 1) != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := fmt.Sprint(discover.Carried(nil)); got != "map[]" {
		t.Error(got)
	}
}
