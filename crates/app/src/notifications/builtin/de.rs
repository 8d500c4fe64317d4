//! German.

use rishi_domain::notification::NotificationKind as Kind;

pub(super) const fn texts(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::BookingCreated => (
            "Neue Buchung angelegt",
            "Die Buchung „{{ booking.title }}“ ({{ booking.operationType | word }}) wurde angelegt",
        ),
        Kind::BookingStatusChanged => (
            "Buchung {{ to | word }}",
            "„{{ booking.title }}“ am {{ booking.start | time }}: bisher {{ from | word }}, jetzt \
             {{ to | word }}.{% if notes is defined %} {{ notes }}{% endif %}",
        ),
        Kind::BookingApproved => (
            "Buchung freigegeben",
            "„{{ booking.title }}“ am {{ booking.start | time }} wurde freigegeben.",
        ),
        Kind::BookingCancelled => (
            "Buchung abgesagt",
            "„{{ booking.title }}“ am {{ booking.start | time }} wurde abgesagt (Auswirkung: \
             {{ impact | word }}).{% if notes is defined %} {{ notes }}{% endif %}",
        ),
        Kind::BookingConfirmed => (
            "Buchung bestätigt",
            "„{{ booking.title }}“ ist bestätigt: {{ booking.start | time }} bis \
             {{ booking.end | time }}.",
        ),
        Kind::BookingReminder => (
            "Erinnerung: {{ booking.title }}",
            "„{{ booking.title }}“ beginnt in {{ hours }} {{ 'Stunde' if hours == 1 else 'Stunden' }}: \
             {{ booking.start | time }}.",
        ),
        Kind::CompletionSummary => (
            "Buchung abgeschlossen",
            "„{{ booking.title }}“ ist abgeschlossen: {{ staffCount }} Personen, {{ workedHours }} \
             Stunden{% if actualCost is defined %}, {{ actualCost }}{% endif %}.",
        ),
        Kind::ApprovalWaiting => (
            "Buchung wartet auf Freigabe",
            "„{{ booking.title }}“ am {{ booking.start | time }} wartet seit {{ hours }} Stunden auf \
             Freigabe.",
        ),
        Kind::StaffAssigned => (
            "Neuer Einsatz für Sie",
            "Sie wurden für „{{ booking.title }}“ eingeteilt ({{ role }}): \
             {{ booking.start | time }} bis {{ booking.end | time }}. Bitte nehmen Sie an oder sagen \
             Sie ab.",
        ),
        Kind::StaffReleased => (
            "Einsatz entfällt",
            "Sie sind für „{{ booking.title }}“ am {{ booking.start | time }} nicht mehr eingeteilt.",
        ),
        Kind::AutoAssignmentFailed => (
            "Kein Team gefunden",
            "Für „{{ booking.title }}“ am {{ booking.start | time }} konnte niemand automatisch \
             eingeteilt werden: {{ reasons | join('; ') }}.",
        ),
        Kind::NoShow => (
            "{{ staff }} ist nicht erschienen",
            "{{ staff }} ({{ role }}) hat sich zu „{{ booking.title }}“ nicht gemeldet; Beginn war \
             {{ booking.start | time }}.",
        ),
        Kind::CertificationExpiring => (
            "Nachweis läuft ab",
            "Der Nachweis von {{ staff }} für {{ skill }} ({{ issuer }}) läuft am \
             {{ expiresOn | date }} ab, in {{ days }} {{ 'Tag' if days == 1 else 'Tagen' }}.",
        ),
        Kind::LeaveRequested => (
            "Urlaub beantragt",
            "{{ staff }} beantragt Urlaub von {{ leave.start | time }} bis {{ leave.end | time }}.",
        ),
        Kind::LeaveDecided => (
            "Urlaub {{ 'genehmigt' if decision == 'approved' else 'abgelehnt' }}",
            "Ihr Urlaub von {{ leave.start | time }} bis {{ leave.end | time }} wurde \
             {{ 'genehmigt' if decision == 'approved' else 'abgelehnt' }}.\
             {% if notes is defined %} {{ notes }}{% endif %}",
        ),
        Kind::WebhookDisabled => (
            "Webhook abgeschaltet",
            "Der Webhook-Endpunkt {{ url }} wird nicht mehr aufgerufen: {% if reason == \"gone\" %}er \
             antwortet, dass es ihn nicht mehr gibt{% else %}seit fünf Tagen kam nichts mehr an{% endif %}.",
        ),
    }
}
