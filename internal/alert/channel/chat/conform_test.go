package chat

import (
	"testing"

	"triage/internal/alert/channel/conform"
)

func TestConform(t *testing.T) {
	conform.Run(t, slackRow, teamsRow, ntfyRow, pushoverRow, otherRow)
}
