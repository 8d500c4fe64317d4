/** Where the device is, if it says so within ten seconds. Being there counts without it, too. */
export function position(): Promise<{ latitude?: number; longitude?: number; accuracyMeters?: number }> {
  return new Promise((resolve) => {
    if (!('geolocation' in navigator)) return resolve({})
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude, accuracyMeters: coords.accuracy }),
      () => resolve({}),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    )
  })
}
