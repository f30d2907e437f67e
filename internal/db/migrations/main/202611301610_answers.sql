-- How long she may wait yet is guessed from the newest answers.
CREATE INDEX offer_accepted ON offer (ended_at) WHERE outcome = 'accepted';
