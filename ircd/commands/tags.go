package commands

import (
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/event"
)

// clientTags returns the client-only tags of the request that are relayed.
func clientTags(r *dispatch.Request) (tags []event.Tag) {
	config := r.Server.Config()
	for _, t := range r.Message.Tags.ClientOnly() {
		if !config.Server.DeniesTag(t.Key) {
			tags = append(tags, event.Tag(t))
		}
	}
	return tags
}
