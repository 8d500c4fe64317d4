//! Spanish.

use rishi_domain::notification::NotificationKind as Kind;

pub(super) const fn texts(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::BookingCreated => (
            "Nueva reserva creada",
            "Se ha creado la reserva «{{ booking.title }}» ({{ booking.operationType | word }})",
        ),
        Kind::BookingStatusChanged => (
            "Reserva {{ to | word }}",
            "«{{ booking.title }}» del {{ booking.start | time }} ha pasado de {{ from | word }} a \
             {{ to | word }}.{% if notes is defined %} {{ notes }}{% endif %}",
        ),
        Kind::BookingApproved => (
            "Reserva aprobada",
            "Se ha aprobado «{{ booking.title }}» del {{ booking.start | time }}.",
        ),
        Kind::BookingCancelled => (
            "Reserva cancelada",
            "Se ha cancelado «{{ booking.title }}» del {{ booking.start | time }} (impacto: \
             {{ impact | word }}).{% if notes is defined %} {{ notes }}{% endif %}",
        ),
        Kind::BookingConfirmed => (
            "Reserva confirmada",
            "«{{ booking.title }}» está confirmada: {{ booking.start | time }} a \
             {{ booking.end | time }}.",
        ),
        Kind::BookingReminder => (
            "Recordatorio: {{ booking.title }}",
            "«{{ booking.title }}» empieza en {{ hours }} {{ 'hora' if hours == 1 else 'horas' }}: \
             {{ booking.start | time }}.",
        ),
        Kind::CompletionSummary => (
            "Reserva completada",
            "«{{ booking.title }}» está completada: {{ staffCount }} personas, {{ workedHours }} horas\
             {% if actualCost is defined %}, {{ actualCost }}{% endif %}.",
        ),
        Kind::ApprovalWaiting => (
            "Reserva pendiente de aprobación",
            "«{{ booking.title }}» del {{ booking.start | time }} espera aprobación desde hace \
             {{ hours }} horas.",
        ),
        Kind::StaffAssigned => (
            "Tiene una nueva asignación",
            "Se le ha asignado a «{{ booking.title }}» como {{ role }}: {{ booking.start | time }} a \
             {{ booking.end | time }}. Por favor, acepte o rechace.",
        ),
        Kind::StaffReleased => (
            "Asignación retirada",
            "Ya no está asignado a «{{ booking.title }}» del {{ booking.start | time }}.",
        ),
        Kind::AutoAssignmentFailed => (
            "No se encontró equipo",
            "No se pudo asignar a nadie automáticamente a «{{ booking.title }}» del \
             {{ booking.start | time }}: {{ reasons | join('; ') }}.",
        ),
        Kind::NoShow => (
            "{{ staff }} no se presentó",
            "{{ staff }} ({{ role }}) no ha registrado su llegada a «{{ booking.title }}», que \
             empezó {{ booking.start | time }}.",
        ),
        Kind::CertificationExpiring => (
            "Certificación a punto de caducar",
            "La certificación de {{ staff }} para {{ skill }} ({{ issuer }}) caduca el \
             {{ expiresOn | date }}, en {{ days }} {{ 'día' if days == 1 else 'días' }}.",
        ),
        Kind::LeaveRequested => (
            "Permiso solicitado",
            "{{ staff }} solicita permiso del {{ leave.start | time }} al {{ leave.end | time }}.",
        ),
        Kind::LeaveDecided => (
            "Permiso {{ 'aprobado' if decision == 'approved' else 'rechazado' }}",
            "Su permiso del {{ leave.start | time }} al {{ leave.end | time }} ha sido \
             {{ 'aprobado' if decision == 'approved' else 'rechazado' }}.\
             {% if notes is defined %} {{ notes }}{% endif %}",
        ),
        Kind::WebhookDisabled => (
            "Webhook desactivado",
            "El endpoint {{ url }} ya no recibe llamadas: {% if reason == \"gone\" %}responde que ya no \
             existe{% else %}no se pudo entregar nada en cinco días{% endif %}.",
        ),
    }
}
