package incident

import (
	"fmt"
	"strings"
	"testing"

	"triage/internal/alert/channel/conform"
)

func TestConform(t *testing.T) {
	conform.Run(t, pagerDutyRow, opsgenieRow, alertmanagerRow, webhookRow)
}

func TestSectionsKeepTheirSecrets(t *testing.T) {
	const key = conform.SecretCanary
	for _, s := range []any{PagerDuty{RoutingKey: key}, &PagerDuty{RoutingKey: key}, Opsgenie{APIKey: key}, Alertmanager{User: key, Password: key}, Webhook{URL: key, Secret: key}, Heartbeat{URL: key}, []Webhook{{Secret: key}}} {
		if got := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(got, key) {
			t.Errorf("%T says %s", s, got)
		}
	}
}
