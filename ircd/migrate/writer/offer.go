package writer

import (
	"context"
	"errors"

	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// errThere means that there is nothing to change.
var errThere = errors.New("it is there already")

func (w *writer) writeOffers(ctx context.Context) error {
	for i := range w.network.Offers {
		if err := w.writeOffer(ctx, &w.network.Offers[i]); err != nil {
			return err
		}
		if err := w.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// writeOffer offers a host to everybody.
func (w *writer) writeOffer(ctx context.Context, h *migrate.Host) error {
	const somebody = "somebody"
	if fault := w.hostFault("", vhosts.Expand(h.Host, somebody)); fault != "" {
		w.count(kindOffer, false, false)
		w.note("host", h.Host, "%s", fault)
		return nil
	}
	err := w.hosts.ChangeOffers(ctx, func(all []vhosts.Offer) ([]vhosts.Offer, error) {
		for _, o := range all {
			if w.names.Equal(o.Template, h.Host) {
				return nil, errThere
			}
		}
		return append(all, vhosts.Offer{Template: h.Host, By: setter(h.By), Since: h.Since}), nil
	})
	there := errors.Is(err, errThere)
	w.count(kindOffer, err == nil, there)
	if there {
		return nil
	}
	return err
}
