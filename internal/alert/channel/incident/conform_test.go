package incident

import (
	"testing"

	"triage/internal/alert/channel/conform"
)

func TestConform(t *testing.T) {
	conform.Run(t, pagerDutyRow, opsgenieRow, alertmanagerRow, webhookRow)
}
